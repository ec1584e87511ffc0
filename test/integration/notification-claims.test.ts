import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createUnitOfWork } from '../../src/orchestrator/events/work.ts';
import { createChannelService } from '../../src/orchestrator/notifiers/channels.ts';
import { createDelivery, type Delivery } from '../../src/orchestrator/notifiers/deliver.ts';
import { insertNotifications, type NotificationRow } from '../../src/orchestrator/notifiers/store.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import { createSealer } from '../../src/orchestrator/platform/sealing.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';

let database: TestDatabase;
let time: FakeClock;
const claimMs = 30_000;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());
beforeEach(() => {
  time = fakeClock(1_800_000_000_000);
});

interface HeldSend {
  resolve(): void;
  reject(error: Error): void;
}

/** A sender whose sends end when the test says so. */
function replica(): Delivery & { readonly sends: HeldSend[]; readonly closing: AbortController } {
  const { postgres } = database;
  const { clock } = time;
  const sends: HeldSend[] = [];
  const closing = new AbortController();
  const unitOfWork = createUnitOfWork({ postgres, clock, onCommitted: () => undefined });
  const channels = createChannelService({ postgres, unitOfWork, chance, sealer: createSealer('k'.repeat(32), chance) });
  const delivery = createDelivery({
    postgres,
    unitOfWork,
    channels: { ...channels, open: async () => ({ ...channel, target: { kind: 'slack', url: 'https://x.example' } }) },
    clock,
    chance,
    send: () => {
      return new Promise<void>((resolve, reject) => void sends.push({ resolve, reject }));
    },
    linkFor: () => undefined,
    patience: { retryMs: 10_000, windowMs: 86_400_000 },
    claimMs,
    closing: closing.signal,
    onFailed: () => undefined,
  });
  return { ...delivery, sends, closing };
}
const channel = {
  name: 'here',
  kind: 'slack' as const,
  destination: '',
  sealed: '',
  severities: [],
  kinds: [],
  enabled: true,
  allowPrivate: false,
  answerLinks: false,
  createdAt: 0,
  changedAt: 0,
};

async function made(): Promise<string> {
  const now = time.clock.now();
  const id = chance.id('ntf');
  await insertNotifications(database.postgres.db, [
    {
      id,
      channel: 'here',
      cause: id,
      kind: 'decision',
      severity: 'high',
      title: 't',
      text: 't',
      subject: { type: 'escalation', id: 'esc_1', about: 'dec_1' },
      status: 'pending',
      attempts: 0,
      triedSince: now,
      nextAttemptAt: now,
      createdAt: now,
    },
  ]);
  return id;
}
const rowOf = async (id: string): Promise<Pick<NotificationRow, 'status' | 'attempts'>> => {
  const { rows } = await database.postgres.pool.query('select status, attempts from notifications where id = $1', [id]);
  return rows[0];
};
const begun = (sender: { sends: HeldSend[] }) => eventually(() => sender.sends[0]);

it('of two who try at once one sends', async () => {
  const [one, other] = [replica(), replica()];
  const id = await made();
  const runs = [one, other, one, other].map((sender) => sender.run(id));
  const send = await eventually(() => one.sends[0] ?? other.sends[0]);
  send.resolve();
  await Promise.all(runs);
  expect(one.sends.length + other.sends.length).toBe(1);
  expect(await rowOf(id)).toEqual({ status: 'sent', attempts: 1 });
  expect(await one.run(id)).toBeUndefined();
  expect(one.sends.length + other.sends.length).toBe(1);
});

it('a claim holds until its time is up, and then another follows; what the first says after that changes nothing', async () => {
  const [slow, next] = [replica(), replica()];
  const id = await made();
  const first = slow.run(id);
  const held = await begun(slow);
  await time.advance(claimMs - 1);
  await next.run(id);
  expect(next.sends).toEqual([]);
  expect(await next.findDue(time.clock.now())).toEqual([]);
  await time.advance(1);
  expect((await next.findDue(time.clock.now())).map(({ rowId }) => rowId)).toEqual([id]);
  const second = next.run(id);
  await begun(next);
  held.reject(new Error('too late'));
  expect(await first).toBeUndefined();
  expect(await rowOf(id)).toEqual({ status: 'pending', attempts: 2 });
  next.sends[0]?.resolve();
  await second;
  expect(await rowOf(id)).toEqual({ status: 'sent', attempts: 2 });
});

it('a claim of a clock that is a little ahead holds too: who looked at the time a moment earlier, or on another machine', async () => {
  const [ahead, behind] = [replica(), replica()];
  const id = await made();
  await time.advance(claimMs);
  const first = ahead.run(id);
  const held = await begun(ahead);
  for (const ms of [1, claimMs / 2]) {
    time.set(time.clock.now() - ms);
    await behind.run(id);
    expect(await behind.findDue(time.clock.now())).toEqual([]);
  }
  expect(behind.sends).toEqual([]);
  held.resolve();
  await first;
  expect(await rowOf(id)).toEqual({ status: 'sent', attempts: 1 });
});

it('a clock that was set back delays nothing for long', async () => {
  const sender = replica();
  const id = await made();
  const first = sender.run(id);
  await begun(sender);
  time.set(time.clock.now() - 86_400_000);
  const after = replica();
  const second = after.run(id);
  (await begun(after)).resolve();
  await second;
  expect(await rowOf(id)).toEqual({ status: 'sent', attempts: 2 });
  sender.sends[0]?.resolve();
  await first;
});

it('who closes while it sends leaves the row to others at once', async () => {
  const [closed, next] = [replica(), replica()];
  const id = await made();
  const first = closed.run(id);
  const held = await begun(closed);
  closed.closing.abort();
  held.reject(new Error('aborted'));
  expect(await first).toBeUndefined();
  const second = next.run(id);
  (await begun(next)).resolve();
  await second;
  expect(await rowOf(id)).toEqual({ status: 'sent', attempts: 2 });
});
