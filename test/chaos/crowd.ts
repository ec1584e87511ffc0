import type pg from 'pg';
import { createDice } from '../support/dice.ts';
import { eventually } from '../support/eventually.ts';
import { type LateWriters, startLateWriters } from './late-writers.ts';
import { type Load, startLoad } from './load.ts';
import { type LogReader, startListener, startPager } from './readers.ts';
import type { Victim } from './victim.ts';

/** Everybody who works with the orchestrator while it is killed. */
export interface Crowd {
  readonly load: Load;
  readonly late: LateWriters;
  readonly readers: readonly LogReader[];
  /** The writers stop; the readers read on. */
  hush(): Promise<void>;
  /** Resolves once each reader has the log's last place, or has had the time to get it. */
  readToTheEnd(): Promise<void>;
  leave(): Promise<void>;
}

interface CrowdOptions {
  readonly victim: Victim;
  readonly databaseUrl: string;
  readonly pool: pg.Pool;
  readonly seed: number;
}

const writers = 4;
const unfinishedTasksMax = 12;
const readingMsMax = 30_000;

export async function gatherCrowd({ victim, databaseUrl, pool, seed }: CrowdOptions): Promise<Crowd> {
  const { url, isUp } = victim;
  const unfinished = watchUnfinished(pool);
  const load = startLoad({ url, seed, writers, isUp, wantsTasks: () => unfinished.count() < unfinishedTasksMax });
  const late = await startLateWriters(databaseUrl, seed);
  const readers = [startPager(url), startListener(url), startListener(url, createDice(seed, 'listener'))];
  async function hush(): Promise<void> {
    await Promise.all([load.stop(), late.stop(), unfinished.stop()]);
  }

  return {
    load,
    late,
    readers,
    hush,
    async readToTheEnd() {
      const { rows } = await pool.query<{ last: string }>('select max(seq) as last from events');
      const last = Number(rows[0]?.last);
      const read = eventually(() => readers.every(({ seqs }) => (seqs.at(-1) ?? 0) >= last) || undefined, {
        withinMs: readingMsMax,
      });
      // Who has not got that far is told apart by the comparison with the log.
      await read.catch(() => undefined);
    },
    async leave() {
      await hush();
      await Promise.all(readers.map((reader) => reader.stop()));
    },
  };
}

function watchUnfinished(pool: pg.Pool) {
  const stopping = new AbortController();
  let count = 0;
  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      const { rowCount } = await pool.query(`select from tasks where status in ('pending', 'in_progress')`);
      count = rowCount ?? 0;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  const watching = watch();
  return {
    count: () => count,
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}
