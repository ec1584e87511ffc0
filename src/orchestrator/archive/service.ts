import type { AgentService } from '../agents/service.ts';
import type { DecisionService } from '../decisions/service.ts';
import type { UnitOfWork, Work } from '../events/work.ts';
import type { KnowledgeService } from '../knowledge/service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Postgres } from '../platform/postgres.ts';
import type { SettingsService } from '../settings/service.ts';
import type { TaskService } from '../tasks/service.ts';
import { dayOf, type Memory, memoriesOfDeeds, memoryOfDecision, memoryOfTask } from './rules.ts';
import { findArchived, keepArchived, readCursor, saveCursor } from './store.ts';

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly settings: SettingsService;
  readonly knowledge: KnowledgeService;
  readonly tasks: TaskService;
  readonly decisions: DecisionService;
  readonly agents: AgentService;
}

const dayMs = 86_400_000;
const movedAtOnce = 50;
const indexedAtOnce = 200;
/** Clocks of replicas differ, and a transaction that began earlier may commit later: what is younger is left for the next run. */
const settledAfterMs = 60_000;
/** Of one run; the rest follows five minutes later. */
const daysMax = 31;

/** What was archived under this id, as the API showed it then. */
export const createArchive =
  ({ db }: Postgres) =>
  (id: string): Promise<unknown> =>
    findArchived(db, id);

/** Takes what is over out of the way, and puts what is worth knowing where it is found. */
export function createArchivist(deps: Deps) {
  const { postgres, unitOfWork, clock, settings, knowledge, tasks, decisions, agents } = deps;
  const { db } = postgres;

  /** Returns how many were not known yet. */
  async function remember(work: Work, memories: readonly Memory[]): Promise<number> {
    let news = 0;
    for (const memory of memories) if ((await knowledge.put(work, memory)) !== 'unchanged') news += 1;
    return news;
  }

  /** Copy and removal are one transaction: cut off anywhere, each thing stands in one place. */
  async function moveAll(signal: AbortSignal, move: (work: Work) => Promise<number>): Promise<number> {
    let moved = 0;
    for (;;) {
      signal.throwIfAborted();
      const count = await unitOfWork(move);
      moved += count;
      if (count < movedAtOnce) return moved;
    }
  }

  const moveTasks = (before: number, signal: AbortSignal) =>
    moveAll(signal, async (work) => {
      const taken = await tasks.takeFinished(work, before, movedAtOnce);
      const memories = taken.map(memoryOfTask);
      await remember(work, memories);
      const rows = taken.map((body, at) => ({
        id: body.id,
        kind: 'task' as const,
        body,
        endedAt: memories[at]?.at ?? 0,
        archivedAt: work.now,
      }));
      await keepArchived(work.tx, rows);
      return taken.length;
    });

  const moveDecisions = (before: number, signal: AbortSignal) =>
    moveAll(signal, async (work) => {
      const taken = await decisions.takeResolved(work, before, movedAtOnce);
      const memories = taken.map(memoryOfDecision);
      await remember(work, memories);
      const rows = taken.map((body, at) => ({
        id: body.id,
        kind: 'decision' as const,
        body,
        endedAt: memories[at]?.at ?? 0,
        archivedAt: work.now,
      }));
      await keepArchived(work.tx, rows);
      return taken.length;
    });

  /** Day by day, once a day is over: what each agent did becomes one memory of its own. */
  async function rememberDeeds(signal: AbortSignal): Promise<number> {
    const today = dayOf(clock.now() - settledAfterMs);
    let count = 0;
    for (let days = 0; days < daysMax; days += 1) {
      signal.throwIfAborted();
      const first = await agents.firstDeedAt(await readCursor(db, 'deeds'));
      const day = first === undefined ? today : Math.min(dayOf(first), today);
      const to = Math.min(day + dayMs, today);
      const memories = memoriesOfDeeds(await agents.deedsBetween({ from: day, to }));
      await unitOfWork(async (work) => {
        await remember(work, memories);
        await saveCursor(work.tx, 'deeds', to);
      });
      count += memories.length;
      if (to === today) break;
    }
    return count;
  }

  return {
    async archive(signal: AbortSignal): Promise<Record<string, number>> {
      const before = clock.now() - (await settings.read(db, 'archive.after')) * dayMs;
      return {
        'tasks archived': await moveTasks(before, signal),
        'decisions archived': await moveDecisions(before, signal),
        'days of agents remembered': await rememberDeeds(signal),
      };
    },

    /** Up to here, in milliseconds since 1970, what agents did has been remembered: nothing younger may be thrown away. */
    deedsRememberedUpTo: (): Promise<number> => readCursor(db, 'deeds'),

    /** Decisions that came to an end since the last run can be found, with their reasons. Cut off, it begins again there. */
    async indexDecisions(signal: AbortSignal): Promise<number> {
      const upTo = clock.now() - settledAfterMs;
      let after = { at: await readCursor(db, 'decisions'), id: '' };
      let count = 0;
      for (;;) {
        signal.throwIfAborted();
        const found = await decisions.resolvedBetween({ after, upTo, limit: indexedAtOnce });
        count += await unitOfWork((work) => remember(work, found.map(memoryOfDecision)));
        const last = found.at(-1);
        if (!last || found.length < indexedAtOnce) break;
        after = { at: memoryOfDecision(last).at, id: last.id };
      }
      await saveCursor(db, 'decisions', upTo);
      return count;
    },
  };
}
