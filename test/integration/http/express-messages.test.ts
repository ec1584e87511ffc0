import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBoundedServer } from '../../../src/orchestrator/http/bounded-server.ts';

const app = express();
app.get('/who', (request, response) => response.json({ app: request.app === response.app, host: request.hostname }));
const { server } = createBoundedServer(app, { connections: 10, requestMs: 10_000 });
beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => void server.close());

describe('a message of a server that serves Express', () => {
  it('has the prototype that Express would give it, before Express has seen it: a change costs each request dear', async () => {
    const seen: object[] = [];
    server.prependListener('request', (request, response) =>
      seen.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response)),
    );
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/who`);
    expect(await answer.json()).toEqual({ app: true, host: '127.0.0.1' });
    expect(seen).toHaveLength(2);
    expect(seen[0] === app.request && seen[1] === app.response).toBe(true);
  });
});
