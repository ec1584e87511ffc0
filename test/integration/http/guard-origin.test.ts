import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { closeGuard, guardedBy } from '../../support/http-coverage.ts';
import { problemIn } from '../../support/http-problem.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

const listed = 'https://dashboard.example';
const foreign = 'https://evil.example';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ CORS_ORIGINS: `${listed}, https://second.example` });
});
afterAll(() => stage.dispose());

describe('a page of a foreign origin', () => {
  test.each(guardedBy('foreign_origin'))('is refused by %s, though it brings an admin key', async (name) => {
    const { detail } = await stage.refusal(name, 'foreign_origin', { headers: { origin: foreign } });
    expect(detail).toContain(foreign);
  });

  it.each([
    ['without an origin of its own, as in a sandbox', 'null'],
    ['at another port of our host', 'http://127.0.0.1:1'],
    ['whose name begins with a listed one', `${listed}.evil.example`],
    ['that differs from a listed one in its scheme', listed.replace('https', 'http')],
  ])('is refused %s', async (_what, origin) => {
    await stage.refusal('listTasks', 'foreign_origin', { headers: { origin } });
  });

  it('changes nothing', async () => {
    const before = await stage.ok('listTasks');
    const body = { title: 'From elsewhere', assignTo: 'ceo' };
    await stage.refusal('createTask', 'foreign_origin', { body, headers: { origin: foreign } });
    expect(await stage.ok('listTasks')).toEqual(before);
  });

  it('is told no by the preflight too, so that a browser never sends the request', async () => {
    const headers = { origin: foreign, 'access-control-request-method': 'POST' };
    const answer = await stage.send('OPTIONS', '/tasks', { key: null, headers });
    expect(problemIn(answer).code).toBe('foreign_origin');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a page that may call', () => {
  it('is one of our own origin', async () => {
    await stage.ok('listTasks', { headers: { origin: stage.url } });
  });

  it('is one of a listed origin, which may read the answer and send its cookie', async () => {
    const { outcome, headers } = await stage.ask('listTasks', { headers: { origin: listed } });
    expect(outcome).toBe(200);
    expect(headers.get('access-control-allow-origin')).toBe(listed);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    // A cache must not hand one origin's answer to another.
    expect(headers.get('vary')).toContain('Origin');
  });

  it('is not answered by a cache with what a program was told, which names no origin', async () => {
    const { headers } = await stage.ask('listTasks');
    expect(headers.get('vary')).toContain('Origin');
  });

  it('still needs a key', async () => {
    await stage.refusal('listTasks', 'unauthenticated', { key: null, headers: { origin: listed } });
  });

  it('passes the preflight without a key, which a browser does not send', async () => {
    const headers = {
      origin: listed,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-api-key',
    };
    const answer = await stage.send('OPTIONS', '/tasks', { key: null, headers });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(listed);
    expect(answer.headers.get('access-control-allow-headers')).toContain('x-api-key');
  });
});

closeGuard('foreign_origin');
