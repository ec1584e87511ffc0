import type { BenchmarkAnswer, BenchmarkRun, NewBenchmark } from '../../contracts/benchmark.ts';
import { AppError } from '../../contracts/errors.ts';
import type { Actor, UnitOfWork } from '../events/work.ts';
import { inBatches } from '../platform/batches.ts';
import type { Chance } from '../platform/identity.ts';
import { iso, isoOrNull } from '../platform/iso.ts';
import type { QueuedJob } from '../platform/job-queue.ts';
import type { Postgres } from '../platform/postgres.ts';
import type { SettingsService } from '../settings/service.ts';
import { leaderboardOf } from './leaderboard-rules.ts';
import type { Library } from './library.ts';
import { standings } from './standings-store.ts';
import {
  type AnswerRow,
  cancelWaiting,
  countRunning,
  deleteRunsBefore,
  endRun,
  findRun,
  insertRun,
  listAnswers,
  listRuns,
  lockBeginnings,
  lockRun,
  type RunProgress,
  resultsOf,
} from './store.ts';

export type BenchmarkService = ReturnType<typeof createBenchmarkService>;

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly chance: Chance;
  readonly settings: SettingsService;
  readonly library: Library;
  /** After the commit: there are questions to put. */
  readonly onBegun: (jobs: readonly QueuedJob[]) => void;
}

/** At once: each has questions by the hundred, and every model the same provider behind it. */
const runsMax = 10;

interface PageQuery {
  readonly limit: number;
  readonly offset: number;
}

/** Runs of tasks over models: a row for each question to each model, written before any is put. */
export function createBenchmarkService({ postgres: { db }, unitOfWork, chance, settings, library, onBegun }: Deps) {
  const tasks = [...library.values()].map(({ shown }) => shown);

  function questionsOf(runId: string, { models, tasks: wanted }: NewBenchmark) {
    return wanted.flatMap((task, at) => {
      const known = library.get(task);
      if (!known) throw noSuchTask(task, at, [...library.keys()]);
      const { version } = known.shown;
      const row = (model: string, item: string) => ({ id: chance.id('bma'), runId, model, task, version, item });
      return models.flatMap((model) =>
        [...known.items.keys()].map((item) => ({ ...row(model, item), status: 'waiting' as const })),
      );
    });
  }

  async function get(id: string): Promise<BenchmarkRun> {
    const run = await findRun(db, id);
    if (!run) throw noSuchRun(id);
    return toRun(run);
  }

  return {
    /** What there is to be asked, and by whom texts are judged. */
    async tasks() {
      return { tasks, judge: await settings.read(db, 'benchmark.judge_model') };
    },

    /** Resolves when the run is on record; from then on it goes on whatever happens to us. */
    async begin(actor: Actor, wanted: NewBenchmark): Promise<{ runId: string; status: 'running' }> {
      const runId = chance.id('bmr');
      const questions = questionsOf(runId, wanted);
      await unitOfWork(async (work) => {
        await lockBeginnings(work.tx);
        if ((await countRunning(work.tx)) >= runsMax)
          throw new AppError('benchmarks_full', `${runsMax} benchmarks are running; wait for one, or cancel one`);
        const judge = await settings.read(work.tx, 'benchmark.judge_model');
        const row = { id: runId, ...wanted, judge, status: 'running' as const };
        await insertRun(work.tx, { ...row, createdBy: actor.name, createdAt: work.now }, questions);
        work.append(actor, 'benchmark_started', { runId, ...wanted, judge });
      });
      onBegun(questions.map(({ id }) => ({ rowId: id, attempt: 0, delayMs: 0 })));
      return { runId, status: 'running' };
    },

    async list(query: PageQuery & { before?: string | undefined }) {
      const { rows, total } = await listRuns(db, query);
      return { runs: rows.map(toRun), total, limit: query.limit, offset: query.offset };
    },

    /** With each model at each task, in the order in which they were asked for. */
    async show(id: string) {
      const run = await get(id);
      const results = await resultsOf(db, id);
      const inOrder = run.models.flatMap((model) =>
        run.tasks.flatMap((task) => results.find((result) => result.model === model && result.task === task) ?? []),
      );
      return { ...run, results: inOrder };
    },

    async answers(runId: string, query: PageQuery & { model?: string | undefined; task?: string | undefined }) {
      await get(runId);
      const { rows, total } = await listAnswers(db, { ...query, runId });
      return { answers: rows.map(toAnswer), total, limit: query.limit, offset: query.offset };
    },

    async cancel(actor: Actor, id: string): Promise<BenchmarkRun> {
      await unitOfWork(async (work) => {
        const run = await lockRun(work.tx, id);
        if (!run) throw noSuchRun(id);
        if (run.status !== 'running') throw new AppError('benchmark_over', `The benchmark ${id} is ${run.status}`);
        await cancelWaiting(work.tx, id);
        await endRun(work.tx, id, { status: 'cancelled', finishedAt: work.now });
        const { models, tasks: wanted } = run;
        work.append(actor, 'benchmark_finished', { runId: id, models, tasks: wanted, status: 'cancelled' });
      });
      return get(id);
    },

    async leaderboard({ limit, offset }: PageQuery) {
      const versions = tasks.map(({ id: task, version }) => ({ task, version }));
      const entries = leaderboardOf(await standings(db, versions));
      return { entries: entries.slice(offset, offset + limit), total: entries.length, limit, offset };
    },

    /** Removes runs that were over before; returns how many went. */
    forgetOld: (before: number, signal: AbortSignal): Promise<number> =>
      inBatches((limit) => deleteRunsBefore(db, before, limit), signal),
  };
}

const noSuchRun = (id: string) => new AppError('benchmark_not_found', `There is no benchmark ${id}`);

function noSuchTask(task: string, at: number, known: readonly string[]): AppError {
  const message = `there is no task "${task}"; there are: ${known.join(', ')}`;
  return new AppError('invalid_request', `body.tasks.${at}: ${message}`, {
    issues: [{ path: `body.tasks.${at}`, message }],
  });
}

const toRun = ({ id, createdAt, finishedAt, ...run }: RunProgress): BenchmarkRun => ({
  ...run,
  runId: id,
  createdAt: iso(createdAt),
  finishedAt: isoOrNull(finishedAt),
});

const toAnswer = ({ version: _version, claimedUntil: _claimedUntil, ...row }: AnswerRow): BenchmarkAnswer => row;
