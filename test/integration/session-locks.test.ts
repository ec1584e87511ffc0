import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSessionLocks, type SessionLocks } from '../../src/orchestrator/platform/session-locks.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startTcpProxy, type TcpProxy } from '../support/http-tcp-proxy.ts';

let database: TestDatabase;
let proxy: TcpProxy;
let near: SessionLocks;
let far: SessionLocks;
let losesAnswers = false;
beforeEach(async () => {
  database = await createDatabase();
  const direct = new URL(database.url);
  proxy = await startTcpProxy({ host: direct.hostname, port: Number(direct.port) });
  const through = new URL(database.url);
  through.hostname = '127.0.0.1';
  through.port = String(proxy.port);
  const locksBy = (url: URL) =>
    createSessionLocks({
      namespace: 7,
      async connect(query_timeout) {
        const client = new pg.Client({ connectionString: url.href, query_timeout });
        await client.connect();
        const ask = client.query.bind(client) as (...question: unknown[]) => Promise<unknown>;
        // What the client says of an answer that did not come in time; the server has done its part.
        const lost = () => Promise.reject(new Error('Query read timeout'));
        client.query = ((...question: unknown[]) =>
          ask(...question).then((answer) => (losesAnswers ? lost() : answer))) as typeof client.query;
        return client;
      },
      onError: () => undefined,
    });
  near = locksBy(direct);
  far = locksBy(through);
});
afterEach(async () => {
  await near.close();
  await far.close();
  await proxy.close();
  await database.drop();
});

const take = async (locks: SessionLocks) => (await locks.tryLock('job')) ?? expect.fail('it is another’s');

describe('a lock of a session', () => {
  it('is held by one at a time, until it is given back', async () => {
    const held = await take(near);
    expect(await far.tryLock('job')).toBeUndefined();
    expect(await far.tryLock('another')).toBeDefined();
    await held.release();
    await take(far);
  });

  it('is another’s as soon as its holder’s connection ends, and the holder is told', async () => {
    const held = await take(far);
    await proxy.cut();
    await eventually(() => held.lost.aborted || undefined);
    await eventually(() => near.tryLock('job'));
    await proxy.restore();
    await held.release();
    expect(await far.tryLock('job')).toBeUndefined();
  });

  it('is held by nobody when its answer was lost on the way', async () => {
    await (await take(far)).release();
    losesAnswers = true;
    await expect(far.tryLock('job')).rejects.toThrow('Query read timeout');
    losesAnswers = false;
    await eventually(() => near.tryLock('job'));
  });
});
