import { AppError } from '../../contracts/errors.ts';
import { type NewTask, type Task, taskSchema } from '../../contracts/task.ts';
import { readEvents } from '../events/store.ts';
import { type Actor, system, type UnitOfWork, type Work } from '../events/work.ts';
import type { Chance } from '../platform/identity.ts';
import { iso, isoOrNull } from '../platform/iso.ts';
import type { Postgres, Queryable } from '../platform/postgres.ts';
import type { SettingsService } from '../settings/service.ts';
import { delaySetting, isFinished } from './rules.ts';
import {
  countInProgress,
  deleteTasks,
  findInHand,
  findTask,
  insertTask,
  listTasks,
  lockAssignee,
  lockBeyond,
  lockClaimsOf,
  lockExpiredLeases,
  lockFinished,
  lockTask,
  renewLeases,
  type TaskQuery,
  type TaskRow,
  tasksFor,
  updateTask,
} from './store.ts';

export type TaskService = ReturnType<typeof createTaskService>;

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly settings: SettingsService;
  readonly chance: Chance;
  readonly isAgent: (name: string) => boolean;
  readonly leaseMs: number;
  /** What was archived under an id, as the API showed it. */
  readonly archived: (id: string) => Promise<unknown>;
}

/** The agent that acts, and the life it acts in: a claim belongs to a life. */
export interface Claimant {
  readonly actor: Actor;
  readonly instanceId: string;
}

export function createTaskService(deps: Deps) {
  const { postgres, unitOfWork, settings, chance, isAgent, leaseMs, archived } = deps;
  async function create(work: Work, actor: Actor, input: NewTask): Promise<Task> {
    if (!isAgent(input.assignTo))
      throw new AppError('agent_not_found', `There is no agent "${input.assignTo}" to assign to`);
    const delayMs = await settings.read(work.tx, delaySetting(input.priority));
    const row: TaskRow = {
      id: chance.id('tsk'),
      title: input.title,
      description: input.description,
      status: 'pending',
      priority: input.priority,
      assignedTo: input.assignTo,
      createdBy: actor.name,
      result: null,
      createdAt: work.now,
      completedAt: null,
      wakeAt: work.now + delayMs,
      claimedBy: null,
      leaseUntil: null,
      attempts: 0,
      dueAt: input.dueAt === undefined ? null : Date.parse(input.dueAt),
      givenPriority: input.priority,
      flags: [],
      duplicateOf: null,
      suggestedAssignee: null,
      compared: false,
    };
    await insertTask(work.tx, row);
    work.append(actor, 'task_created', { ...named(row), createdBy: actor.name });
    return toTask(row);
  }

  async function locked(work: Work, id: string): Promise<TaskRow> {
    const row = await lockTask(work.tx, id);
    if (!row) throw new AppError('task_not_found', `There is no task ${id}`);
    return row;
  }

  async function claim(work: Work, { actor, instanceId }: Claimant, taskId: string): Promise<Task> {
    await lockAssignee(work.tx, actor.name);
    const row = await locked(work, taskId);
    if (row.assignedTo !== actor.name)
      throw new AppError('not_allowed', `Task ${taskId} is assigned to ${row.assignedTo}`);
    if (isFinished(row.status)) throw closed(row);
    if (row.status === 'in_progress') {
      if (row.claimedBy === instanceId) return toTask(row);
      throw new AppError('task_claimed', `Task ${taskId} is in progress already`);
    }
    const limit = await settings.read(work.tx, 'tasks.max_concurrent_per_agent');
    if ((await countInProgress(work.tx, actor.name)) >= limit) {
      throw new AppError(
        'wip_limit_reached',
        `${actor.name} has ${limit} tasks in progress, which is the limit; finish one first`,
      );
    }
    const claimed = await updateTask(work.tx, taskId, {
      status: 'in_progress',
      claimedBy: instanceId,
      leaseUntil: work.now + leaseMs,
      attempts: row.attempts + 1,
    });
    work.append(actor, 'task_claimed', { ...named(row), agentType: actor.name });
    return toTask(claimed);
  }

  /** Only the life that holds the claim may finish the task: a former one, back from the dead, may not. */
  async function finish(
    work: Work,
    { actor, instanceId }: Claimant,
    end: { taskId: string; status: 'completed' | 'failed'; result: string },
  ): Promise<Task> {
    const row = await locked(work, end.taskId);
    if (row.assignedTo !== actor.name)
      throw new AppError('not_allowed', `Task ${end.taskId} is assigned to ${row.assignedTo}`);
    if (isFinished(row.status)) throw closed(row);
    if (row.claimedBy !== instanceId) throw new AppError('task_not_claimed', `Claim task ${end.taskId} first`);
    const { status, result } = end;
    const finished = await updateTask(work.tx, row.id, {
      status,
      result,
      completedAt: work.now,
      claimedBy: null,
      leaseUntil: null,
    });
    if (status === 'completed') work.append(actor, 'task_completed', { ...named(row), result });
    else work.append(actor, 'task_failed', { ...named(row), reason: result });
    return toTask(finished);
  }

  async function release(work: Work, rows: readonly TaskRow[], because: string): Promise<number> {
    for (const row of rows) {
      await updateTask(work.tx, row.id, { status: 'pending', claimedBy: null, leaseUntil: null, wakeAt: work.now });
      work.append(system, 'task_released', { ...named(row), because });
    }
    return rows.length;
  }

  async function get(id: string): Promise<Task> {
    const row = await findTask(postgres.db, id);
    if (row) return toTask(row);
    const kept = taskSchema.safeParse(await archived(id));
    if (kept.success) return kept.data;
    throw new AppError('task_not_found', `There is no task ${id}`);
  }

  return {
    create,
    claim,
    finish,

    createAs: (actor: Actor, input: NewTask): Promise<Task> => unitOfWork((work) => create(work, actor, input)),

    cancel: (actor: Actor, id: string, reason: string): Promise<Task> =>
      unitOfWork(async (work) => {
        const row = await locked(work, id);
        if (isFinished(row.status)) throw closed(row);
        const end = {
          status: 'cancelled' as const,
          result: reason,
          completedAt: work.now,
          claimedBy: null,
          leaseUntil: null,
        };
        const cancelled = await updateTask(work.tx, id, end);
        work.append(actor, 'task_cancelled', { ...named(row), reason });
        return toTask(cancelled);
      }),

    /** A life has ended: what it held goes back to the queue. */
    releaseClaimsOf: async (work: Work, instanceId: string, because: string): Promise<number> =>
      release(work, await lockClaimsOf(work.tx, instanceId), because),

    releaseExpired: (limit: number): Promise<number> =>
      unitOfWork(async (work) => release(work, await lockExpiredLeases(work.tx, work.now, limit), 'its lease ended')),

    /** The limit was lowered: what each agent has in progress beyond it goes back, the youngest first. */
    returnBeyond: async (work: Work, limit: number): Promise<number> =>
      release(work, await lockBeyond(work.tx, limit), `its agent may have ${limit} tasks in progress`),

    /** The task a life works on; null when it works on none. */
    inHandOf: (instanceId: string): Promise<string | null> => findInHand(postgres.db, instanceId),

    renewLeases: (db: Queryable, instanceIds: readonly string[], now: number) =>
      renewLeases(db, instanceIds, now + leaseMs),

    /** A decision can be proposed for one's own task only. */
    async assertOwn(db: Queryable, agentType: string, taskId: string): Promise<void> {
      const row = await findTask(db, taskId);
      if (!row) throw new AppError('task_not_found', `There is no task ${taskId}`);
      if (row.assignedTo !== agentType)
        throw new AppError('not_allowed', `Task ${taskId} is assigned to ${row.assignedTo}`);
    },

    /** Takes finished tasks out of the queue's tables: whoever calls keeps them, in the same transaction. */
    async takeFinished(work: Work, before: number, limit: number): Promise<Task[]> {
      const rows = await lockFinished(work.tx, before, limit);
      if (rows.length > 0)
        await deleteTasks(
          work.tx,
          rows.map(({ id }) => id),
        );
      return rows.map(toTask);
    },

    get,

    async events(id: string, query: { limit: number; before?: number | undefined }) {
      await get(id);
      return readEvents(postgres.db, { taskId: id, ...query });
    },

    async list(query: TaskQuery) {
      const { rows, total } = await listTasks(postgres.db, query);
      return { tasks: rows.map(toTask), total, limit: query.limit, offset: query.offset };
    },

    listFor: async (db: Queryable, query: Parameters<typeof tasksFor>[1]): Promise<Task[]> =>
      (await tasksFor(db, query)).map(toTask),
  };
}

const named = (row: TaskRow) => ({
  taskId: row.id,
  title: row.title,
  assignedTo: row.assignedTo,
  priority: row.priority,
});

const closed = (row: TaskRow) => new AppError('task_closed', `Task ${row.id} is ${row.status}`);

export const toTask = ({
  claimedBy: _claimedBy,
  givenPriority: _given,
  compared: _compared,
  ...row
}: TaskRow): Task => ({
  ...row,
  createdAt: iso(row.createdAt),
  completedAt: isoOrNull(row.completedAt),
  wakeAt: iso(row.wakeAt),
  leaseUntil: isoOrNull(row.leaseUntil),
  dueAt: isoOrNull(row.dueAt),
});
