import pLimit from 'p-limit';
import type { Clock } from '../platform/clock.ts';
import type { JobQueue, QueuedJob } from '../platform/job-queue.ts';

/** A row that is due and not done. */
export interface DueRow {
  readonly rowId: string;
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly dueAt: number;
}

/** What a room gives to have its rows worked off. */
export interface Chore {
  /** Claims the row, does the work and records the end; returns the next attempt when there is one. A row that is not to be had is no error. */
  readonly run: (rowId: string) => Promise<QueuedJob | undefined>;
  /** The oldest rows that are due and that nobody works on. */
  readonly findDue: (now: number) => Promise<readonly DueRow[]>;
}

/**
 * Work that survives everything its rows survive. A row is written in the transaction of its cause; the queue only says who does it
 * when. What the queue lost is offered again by the sweep; what is overdue all the same, because the queue is away, is done by the sweep itself.
 */
export interface Background {
  /** After the commit, and for nobody to wait on. */
  offer(jobs: readonly QueuedJob[]): void;
  /** On the leader, again and again. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

interface BackgroundDeps {
  readonly queue: JobQueue;
  readonly chore: Chore;
  readonly clock: Clock;
  /** A row that is due for longer is not left to the queue. */
  readonly patienceMs: number;
  readonly onError: (error: unknown) => void;
}

const atOnce = 4;

export function createBackground({ queue, chore, clock, patienceMs, onError }: BackgroundDeps): Background {
  const ownHands = pLimit(atOnce);
  const running = new Set<Promise<void>>();

  async function run(rowId: string): Promise<void> {
    try {
      const next = await chore.run(rowId);
      if (next) offer([next]);
    } catch (error) {
      // Its claim ends by itself, and the sweep finds it again.
      onError(error);
    }
  }

  function keep(work: Promise<void>): void {
    running.add(work);
    void work.finally(() => running.delete(work));
  }

  function offer(jobs: readonly QueuedJob[]): void {
    keep(queue.offer(jobs).catch(onError));
  }

  queue.work(run);

  return {
    offer,
    async sweep() {
      const now = clock.now();
      const due = await chore.findDue(now);
      const isTaken = await queue.offer(due.map((row) => ({ ...row, delayMs: 0 }))).then(
        () => true,
        (error: unknown) => void onError(error),
      );
      const left = isTaken ? due.filter(({ dueAt }) => now - dueAt > patienceMs) : due;
      await Promise.all(left.map(({ rowId }) => ownHands(() => run(rowId))));
    },
    async close() {
      await queue.close();
      await Promise.all(running);
    },
  };
}
