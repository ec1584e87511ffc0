import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Dice } from '../support/dice.ts';

/** When the next kill falls. */
export type Moment =
  /** After the start of the process, whether it is up by then or not. */
  | { readonly kind: 'starting'; readonly afterMs: number }
  /** Once it is up. */
  | { readonly kind: 'working'; readonly afterMs: number }
  /** Once it is up: the instant in which a change to this table was committed, before anything can follow on it. */
  | { readonly kind: 'commit'; readonly afterMs: number; readonly table: string };

const watchedTables = [
  'tasks',
  'decisions',
  'decision_votes',
  'messages',
  'escalations',
  'agent_loops',
  'tool_calls',
] as const;

/** Every fourth life is long enough for a promise with a bound to be broken in. */
export function drawMoment(dice: Dice, number: number): Moment {
  const table = dice.pick(watchedTables);
  if (number % 4 === 3) return { kind: 'commit', afterMs: dice.whole(6_500, 8_000), table };
  const kind = dice.pick<Moment['kind']>(['starting', 'working', 'working', 'commit', 'commit', 'commit']);
  if (kind === 'starting') return { kind, afterMs: dice.whole(0, 1_800) };
  return kind === 'working' ? { kind, afterMs: dice.whole(0, 2_500) } : { kind, afterMs: dice.whole(0, 1_500), table };
}

/** Tells of commits the moment they happen. */
export interface CommitBell {
  /** True when a change to this table was committed; false when none came in time. */
  rings(table: string, withinMs: number): Promise<boolean>;
  close(): Promise<void>;
}

export async function hangCommitBell(databaseUrl: string): Promise<CommitBell> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  // NOTIFY is delivered with the commit: later than it by less than a millisecond.
  await client.query(`create function ring() returns trigger language plpgsql as
    $$ begin perform pg_notify('commit_bell', tg_table_name); return null; end $$`);
  for (const table of watchedTables) {
    await client.query(`create trigger ring after insert or update on ${table} execute function ring()`);
  }
  await client.query('listen commit_bell');
  return {
    async rings(table, withinMs) {
      const late = new AbortController();
      const ring = async () => {
        for (;;) {
          const [{ payload }] = await once(client, 'notification', { signal: late.signal });
          if (payload === table) return true;
        }
      };
      const heard = await Promise.race([ring().catch(() => false), sleep(withinMs, false, { signal: late.signal })]);
      late.abort();
      return heard;
    },
    close: () => client.end(),
  };
}
