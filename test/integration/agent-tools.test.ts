import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TemporaryError } from '../../src/agents/http.ts';
import { createMcpSession } from '../../src/agents/mcp.ts';
import { McpError } from '../../src/agents/mcp-answer.ts';
import { serveTools, type Transport } from '../support/scripted-tools.ts';

const signal = new AbortController().signal;
const wave = { name: 'set_focus', arguments: { focus: 'x' } };

/** The protocol's own server with sessions, which ours does not need, but which an agent has to get along with. */
describe.each([
  ['JSON', true],
  ['event streams', false],
])('a session with a server that answers in %s', (_name, enableJsonResponse) => {
  let http: Server;
  let url: string;
  const sessions = new Map<string, Transport>();
  const closed: string[] = [];
  const seen: IncomingMessage['headers'][] = [];

  async function transportFor(id: string | undefined): Promise<Transport | undefined> {
    if (id !== undefined) return sessions.get(id);
    const options = {
      enableJsonResponse,
      sessionIdGenerator: () => `session-${sessions.size + 1}`,
      onsessionclosed: (ended: string) => void closed.push(ended),
      onsessioninitialized: (made: string) => void sessions.set(made, transport),
    };
    const transport = await serveTools(({ name }) => ({ ran: name }), options);
    return transport;
  }

  beforeEach(async () => {
    sessions.clear();
    seen.length = 0;
    closed.length = 0;
    http = createServer(async (request, response) => {
      seen.push(request.headers);
      const id = request.headers['mcp-session-id'];
      const transport = await transportFor(Array.isArray(id) ? id[0] : id);
      if (transport) await transport.handleRequest(request, response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    // A listening TCP server has an address with a port.
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
  });
  afterEach(() => {
    http.closeAllConnections();
    http.close();
  });

  it('lists and calls tools, all with the token and the session', async () => {
    const session = createMcpSession({ url, token: 'secret' });
    const [list, answer] = await Promise.all([
      session.request('tools/list', {}, signal),
      session.request('tools/call', wave, signal),
    ]);
    expect(list).toMatchObject({ tools: expect.arrayContaining([expect.objectContaining({ name: 'vote' })]) });
    expect(answer).toMatchObject({ structuredContent: { ran: 'set_focus' } });
    expect(sessions.size).toBe(1);
    expect(new Set(seen.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer secret']));
    expect(seen.slice(1).map((headers) => headers['mcp-session-id'])).toEqual(['session-1', 'session-1', 'session-1']);
  });

  it('is opened anew when the server has forgotten it', async () => {
    const session = createMcpSession({ url, token: 'secret' });
    await session.request('tools/list', {}, signal);
    sessions.clear();
    await expect(session.request('tools/call', wave, signal)).rejects.toThrow(TemporaryError);
    expect(await session.request('tools/call', wave, signal)).toMatchObject({
      structuredContent: { ran: 'set_focus' },
    });
  });

  it('is ended when it is closed', async () => {
    const session = createMcpSession({ url, token: 'secret' });
    await session.request('tools/list', {}, signal);
    await session.close(signal);
    expect(closed).toEqual(['session-1']);
  });

  it('tells a refusal from a server that is away', async () => {
    const session = createMcpSession({ url, token: 'secret' });
    await expect(session.request('no/such/method', {}, signal)).rejects.toThrow(McpError);
    http.closeAllConnections();
    http.close();
    await expect(session.request('tools/list', {}, signal)).rejects.toThrow(TemporaryError);
  });
});
