import { system, type UnitOfWork } from '../events/work.ts';
import type { Clock } from '../platform/clock.ts';
import type { Postgres } from '../platform/postgres.ts';
import type { Chore } from '../queue/background.ts';
import type { Ask } from './ask.ts';
import type { Grader } from './grade.ts';
import type { Library } from './library.ts';
import {
  type AnswerRow,
  changeClaimed,
  claimAnswer,
  countWaiting,
  endRun,
  findWaiting,
  lockRun,
  readRun,
} from './store.ts';

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly library: Library;
  readonly ask: Ask;
  readonly grade: Grader;
  readonly clock: Clock;
  /** Whoever claimed a row and was not heard of for so long is dead. */
  readonly claimMs: number;
  /** Aborts when this replica closes. */
  readonly closing: AbortSignal;
}

export interface BenchmarkWork extends Chore {
  /** Cuts off what this replica has under way for a run. */
  cut(runId: string): void;
}

const waitingAtOnce = 200;
/** What fails so often for a reason of ours, or ends whoever works on it, is left alone. */
const attemptsMax = 10;
const beatsPerClaim = 3;

type Ending = Partial<Pick<AnswerRow, 'score' | 'because' | 'error' | 'judgeCostMicroUsd'>>;

type Answered = Pick<AnswerRow, 'answer' | 'because' | 'error'>;

const noted = (...notes: (string | null | undefined)[]): string | null =>
  notes.filter((note) => typeof note === 'string').join('; ') || null;

/** Puts one question to one model and scores what it says: each once, as far as the claim of its row can be kept. */
export function createBenchmarkWork(deps: Deps): BenchmarkWork {
  const { postgres, unitOfWork, library, ask, grade, clock, claimMs, closing } = deps;
  const { db } = postgres;
  const underWay = new Map<AbortController, string>();

  /** While somebody works, the claim holds; `over` aborts as soon as it does not. */
  async function keepClaim(row: AnswerRow, over: AbortController): Promise<void> {
    while (!over.signal.aborted) {
      await clock.sleep(claimMs / beatsPerClaim, over.signal);
      if (over.signal.aborted) return;
      // A database that is away takes no claims of others either.
      const isOurs = await changeClaimed(db, row, { claimedUntil: clock.now() + claimMs }).catch(() => true);
      if (!isOurs) over.abort();
    }
  }

  /** What the model said: from the row where it answered before somebody died, and else by asking it. */
  async function answerOf(row: AnswerRow, question: Parameters<Ask>[0]): Promise<Answered> {
    if (row.answer !== null) return { ...row, error: null };
    const { text, error, isCut, ...used } = await ask(question);
    const answer = error === null ? text : null;
    const because = isCut ? `cut off at ${question.maxTokens} tokens` : null;
    if (!(await changeClaimed(db, row, { ...used, answer, because }))) throw new Error('the claim was lost');
    return { answer, because, error };
  }

  async function work(row: AnswerRow, signal: AbortSignal): Promise<Ending | undefined> {
    const { runId, model } = row;
    const task = library.get(row.task);
    const item = task?.items.get(row.item);
    if (!task || !item || task.shown.version !== row.version)
      return { error: 'the task has changed since the run began' };
    if (row.attempts > attemptsMax)
      return { error: `given up after ${attemptsMax} attempts; the log of the orchestrators has the reason` };
    const run = await readRun(db, runId);
    if (run?.status !== 'running') return undefined;
    const { system: instructions, maxTokens } = task;
    const { prompt } = item;
    const answered = await answerOf(row, { runId, model, system: instructions, prompt, maxTokens, signal });
    const { answer } = answered;
    if (answer === null) return { error: answered.error };
    const { mark, error, judgeCostMicroUsd } = await grade(item, { runId, answer, judge: run.judge, signal });
    return { score: mark?.score ?? null, because: noted(mark?.because, answered.because), error, judgeCostMicroUsd };
  }

  /** The last answer ends the run, in the same transaction: whoever ends one locks the run before. */
  const close = (row: AnswerRow, ending: Ending): Promise<void> =>
    unitOfWork(async (change) => {
      const run = await lockRun(change.tx, row.runId);
      const status = ending.error == null ? ('done' as const) : ('failed' as const);
      if (!(await changeClaimed(change.tx, row, { ...ending, status, claimedUntil: null }))) return;
      if (run?.status !== 'running' || (await countWaiting(change.tx, row.runId)) > 0) return;
      await endRun(change.tx, run.id, { status: 'finished', finishedAt: change.now });
      const { id: runId, models, tasks } = run;
      change.append(system, 'benchmark_finished', { runId, models, tasks, status: 'finished' });
    });

  return {
    async run(rowId) {
      if (closing.aborted) return undefined;
      const row = await claimAnswer(db, rowId, { now: clock.now(), claimMs });
      if (!row) return undefined;
      const over = new AbortController();
      underWay.set(over, row.runId);
      const claim = keepClaim(row, over);
      try {
        const ending = await work(row, AbortSignal.any([over.signal, closing]));
        if (ending) await close(row, ending);
      } catch (error) {
        // Another replica, or our next sweep, goes on at once; unless it was cancelled, or is another's already.
        const isOurs = await changeClaimed(db, row, { claimedUntil: null });
        if (isOurs && !closing.aborted) throw error;
      } finally {
        over.abort();
        await claim;
        underWay.delete(over);
      }
      return undefined;
    },
    async findDue(now) {
      const rows = await findWaiting(db, { now, claimMs }, waitingAtOnce);
      return rows.map(({ id, attempts, claimedUntil }) => ({
        rowId: id,
        attempt: attempts,
        dueAt: claimedUntil ?? now,
      }));
    },
    cut(runId) {
      for (const [over, of] of underWay) if (of === runId) over.abort();
    },
  };
}
