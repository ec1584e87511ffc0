import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../support/boardroom.ts';
import { eventually } from '../support/eventually.ts';
import { buildHouse, type House } from '../support/house.ts';
import { raiseEscalations } from '../support/http-escalations.ts';
import { startOrchestrator } from '../support/orchestrator-process.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

let house: House;
let receiver: Receiver;
let database: pg.Pool;
beforeAll(async () => {
  house = await buildHouse({ roles: ['cmo'] });
  receiver = await startReceiver();
  database = new pg.Pool({ connectionString: house.databaseUrl });
});
afterAll(async () => {
  await database.end();
  await receiver.stop();
  await house.remove();
});

const start = () =>
  startOrchestrator(
    {
      ...house.environment,
      AGENT_RUNTIME: 'process',
      NOTIFY_TIMEOUT_MS: '600',
      NOTIFY_RETRY_MS: '100',
      NOTIFY_WINDOW_MS: '60000',
    },
    { main: house.main, folder: house.folder },
  );
const raise = async (subject: string) => {
  const escalation = { kind: 'agent_failed' as const, subject, title: 'It fell', reason: 'Often' };
  const actor = { name: 'system', agentId: null };
  await raiseEscalations(house.databaseUrl, actor, [{ ...escalation, priority: 'critical' }]);
};
const rowsOf = async (subject: string) => {
  const where = "select id, status, attempts from notifications where subject->>'about' = $1";
  return (await database.query<{ id: string; status: string; attempts: number }>(where, [subject])).rows;
};
const sentOnce = (subject: string) =>
  eventually(
    async () => {
      const rows = await rowsOf(subject);
      return rows[0]?.status === 'sent' ? rows : undefined;
    },
    { withinMs: 20_000, what: `the notification of ${subject}` },
  );
const keysHeard = () => receiver.received.map(({ headers }) => headers['idempotency-key']);

it('whoever is killed while it sends is followed by its next life: one row, one id, marked once', async () => {
  const first = await start();
  const target = { kind: 'webhook', url: `${receiver.url}/hook` };
  await call(`${first.url}/notifications/channels`, 'POST', { body: { name: 'hook', target, allowPrivate: true } });
  receiver.answer('hang');
  await raise('held-up');
  await eventually(() => keysHeard()[0]);
  await first.end('SIGKILL');
  const [held] = await rowsOf('held-up');
  expect(held).toMatchObject({ status: 'pending', attempts: 1 });
  receiver.answer(204);
  const second = await start();
  expect(await sentOnce('held-up')).toEqual([{ id: held?.id, status: 'sent', attempts: 2 }]);
  expect(new Set(keysHeard())).toEqual(new Set([held?.id]));
  await second.end('SIGTERM');
});

it('killed while the row is being made, it has not read on in the log: the next life makes it', async () => {
  const life = await start();
  const holder = await database.connect();
  const inLine = `select pid from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into "notifications"%'
    and datname = current_database()`;
  try {
    await holder.query('begin; lock table notifications in exclusive mode');
    await raise('half-told');
    await eventually(async () => (await database.query(inLine)).rowCount || undefined, {
      what: 'the row in the making',
    });
    await life.end('SIGKILL');
    // What was sent before the kill would still be done.
    await database.query(`select pg_terminate_backend(pid) from (${inLine}) line`);
    await holder.query('rollback');
  } finally {
    holder.release(true);
  }
  expect(await rowsOf('half-told')).toEqual([]);
  const next = await start();
  expect(await sentOnce('half-told')).toHaveLength(1);
  await next.end('SIGTERM');
});

it('whenever it is killed, each escalation is told, under one id', async () => {
  const moments = [0, 3, 6, 10, 15, 25, 40, 80];
  for (const [index, moment] of moments.entries()) {
    const life = await start();
    await raise(`moment-${index}`);
    await new Promise((resolve) => setTimeout(resolve, moment));
    await life.end('SIGKILL');
  }
  const last = await start();
  for (const index of moments.keys()) {
    const rows = await sentOnce(`moment-${index}`);
    expect(rows).toHaveLength(1);
    expect(keysHeard()).toContain(rows[0]?.id);
  }
  await last.end('SIGTERM');
});
