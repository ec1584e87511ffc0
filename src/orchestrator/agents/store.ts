import { and, asc, count, desc, eq, gt, gte, inArray, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import type { Queryable } from '../platform/postgres.ts';
import { agents, history, instances, loops } from './tables.ts';

export type AgentRow = typeof agents.$inferSelect;
export type InstanceRow = typeof instances.$inferSelect;
export type LoopRow = typeof loops.$inferSelect;

// Agents: what is wanted, and what was concluded.

export async function insertAgentsIfNew(db: Queryable, rows: readonly (typeof agents.$inferInsert)[]): Promise<void> {
  if (rows.length === 0) return;
  await db
    .insert(agents)
    .values([...rows])
    .onConflictDoNothing();
}

export async function findAgent(db: Queryable, type: string): Promise<AgentRow | undefined> {
  const [row] = await db.select().from(agents).where(eq(agents.type, type));
  return row;
}

export async function lockAgent(db: Queryable, type: string): Promise<AgentRow | undefined> {
  const [row] = await db.select().from(agents).where(eq(agents.type, type)).for('update');
  return row;
}

/** In one order, so that two who take all of them cannot wait for each other. */
export const lockAgents = (db: Queryable): Promise<AgentRow[]> =>
  db.select().from(agents).orderBy(asc(agents.type)).for('update');

export const listAgents = (db: Queryable): Promise<AgentRow[]> =>
  db.select().from(agents).orderBy(asc(agents.createdAt), asc(agents.type));

export async function updateAgent(db: Queryable, type: string, change: Partial<AgentRow>): Promise<void> {
  await db.update(agents).set(change).where(eq(agents.type, type));
}

// Instances: one life each.

/** Fails on `one_life_per_agent` when the agent has a life already. */
export async function insertInstance(db: Queryable, row: typeof instances.$inferInsert): Promise<void> {
  await db.insert(instances).values(row);
}

export async function findInstance(db: Queryable, id: string): Promise<InstanceRow | undefined> {
  const [row] = await db.select().from(instances).where(eq(instances.id, id));
  return row;
}

export async function findLiveInstance(db: Queryable, agentType: string): Promise<InstanceRow | undefined> {
  const [row] = await db
    .select()
    .from(instances)
    .where(and(eq(instances.agentType, agentType), isNull(instances.endedAt)));
  return row;
}

export const listLiveInstances = (db: Queryable): Promise<InstanceRow[]> =>
  db.select().from(instances).where(isNull(instances.endedAt));

export async function findInstanceByToken(db: Queryable, tokenHash: string) {
  const [row] = await db
    .select({ instance: instances, agentId: agents.id, pausedBy: agents.pausedBy })
    .from(instances)
    .innerJoin(agents, eq(agents.type, instances.agentType))
    .where(eq(instances.tokenHash, tokenHash));
  return row;
}

export async function updateInstance(db: Queryable, id: string, change: Partial<InstanceRow>): Promise<void> {
  await db.update(instances).set(change).where(eq(instances.id, id));
}

/** False when the life has ended meanwhile. */
export async function markStarted(
  db: Queryable,
  id: string,
  start: { containerId: string; startedAt: number },
): Promise<boolean> {
  const { rowCount } = await db
    .update(instances)
    .set(start)
    .where(and(eq(instances.id, id), isNull(instances.endedAt)));
  return rowCount === 1;
}

/** False when its end is recorded already: an exit is recorded once, whoever sees it. */
export async function endInstance(
  db: Queryable,
  id: string,
  end: Pick<InstanceRow, 'endedAt' | 'exitCode' | 'exitSignal' | 'oomKilled' | 'ranForMs' | 'stopReason'>,
): Promise<boolean> {
  const { rowCount } = await db
    .update(instances)
    .set(end)
    .where(and(eq(instances.id, id), isNull(instances.endedAt)));
  return rowCount === 1;
}

/** Several heartbeats in one statement. */
export async function countHeartbeats(db: Queryable, instanceIds: readonly string[], at: number): Promise<void> {
  await db
    .update(instances)
    .set({ heartbeats: sql`${instances.heartbeats} + 1`, lastHeartbeatAt: at })
    .where(inArray(instances.id, [...instanceIds]));
}

const unasked = sql`(${instances.stopRequestedAt} is null or ${instances.stopCounts})`;

/** Ends that nobody asked for, since the operator last started the agent, newest first. */
export async function recentFailures(db: Queryable, agent: Pick<AgentRow, 'type' | 'forgivenAt'>, limit: number) {
  const rows = await db
    .select({ at: instances.endedAt, ranForMs: instances.ranForMs })
    .from(instances)
    .where(and(eq(instances.agentType, agent.type), gt(instances.endedAt, agent.forgivenAt), unasked))
    .orderBy(desc(instances.endedAt))
    .limit(limit);
  return rows.flatMap(({ at, ranForMs }) => (at === null ? [] : [{ at, ranForMs: ranForMs ?? 0 }]));
}

export const recentExits = (db: Queryable, agentType: string, limit: number): Promise<InstanceRow[]> =>
  db
    .select()
    .from(instances)
    .where(and(eq(instances.agentType, agentType), isNotNull(instances.endedAt)))
    .orderBy(desc(instances.endedAt))
    .limit(limit);

// Loops.

/** False when the agent runs a loop already. */
export async function insertLoop(db: Queryable, row: typeof loops.$inferInsert): Promise<boolean> {
  const { rowCount } = await db.insert(loops).values(row).onConflictDoNothing();
  return rowCount === 1;
}

export async function findRunningLoop(db: Queryable, agentType: string): Promise<LoopRow | undefined> {
  const [row] = await db
    .select()
    .from(loops)
    .where(and(eq(loops.agentType, agentType), eq(loops.status, 'running')));
  return row;
}

/** What each agent is at, by type. */
export async function runningLoops(db: Queryable): Promise<ReadonlyMap<string, LoopRow>> {
  const rows = await db.select().from(loops).where(eq(loops.status, 'running'));
  return new Map(rows.map((row) => [row.agentType, row]));
}

/** The loop's row as it was, when this call ended it; undefined when it had ended before. */
export async function endLoop(
  db: Queryable,
  key: { instanceId: string; loopId?: string },
  end: { status: Exclude<LoopRow['status'], 'running'>; finishedAt: number; summary: string },
): Promise<LoopRow | undefined> {
  const [row] = await db
    .update(loops)
    .set(end)
    .where(
      and(
        eq(loops.instanceId, key.instanceId),
        eq(loops.status, 'running'),
        key.loopId === undefined ? undefined : eq(loops.id, key.loopId),
      ),
    )
    .returning();
  return row;
}

export async function noteRead(db: Queryable, instanceId: string, readTo: number): Promise<void> {
  await db
    .update(loops)
    .set({ readTo: sql`greatest(${loops.readTo}, ${readTo})` })
    .where(and(eq(loops.instanceId, instanceId), eq(loops.status, 'running')));
}

// History.

/** Done in the loop that is at work, unless another is named. */
export async function insertHistory(db: Queryable, row: typeof history.$inferInsert): Promise<void> {
  const atWork = sql`(select ${loops.id} from ${loops} where ${loops.agentType} = ${row.agentType} and ${loops.status} = 'running')`;
  await db.insert(history).values({ loopId: atWork, ...row });
}

export const listHistory = (
  db: Queryable,
  query: { agentType: string; limit: number; before?: string | undefined; after?: string | undefined },
) =>
  db
    .select()
    .from(history)
    .where(
      and(
        eq(history.agentType, query.agentType),
        query.before === undefined ? undefined : lt(history.id, query.before),
        query.after === undefined ? undefined : gt(history.id, query.after),
      ),
    )
    .orderBy(query.after === undefined ? desc(history.id) : asc(history.id))
    .limit(query.limit);

/** After `since`. The kinds are written out: a parameter in their place would keep the index of violations from being used. */
export async function countViolations(db: Queryable, agentType: string, since: number) {
  const rows = await db
    .select({ actionType: history.actionType, count: count() })
    .from(history)
    .where(
      and(
        eq(history.agentType, agentType),
        gt(history.createdAt, since),
        sql`${history.actionType} in ('violation', 'violation_alert')`,
      ),
    )
    .groupBy(history.actionType);
  const of = (actionType: string) => rows.find((row) => row.actionType === actionType)?.count ?? 0;
  return { violations: of('violation'), alerts: of('violation_alert') };
}

// What is too old to be kept: of the eldest so many, those that ended before; how many went.

export async function deleteHistory(db: Queryable, before: number, limit: number): Promise<number> {
  const eldest = db.select({ id: history.id }).from(history).orderBy(asc(history.id)).limit(limit);
  const { rowCount } = await db.delete(history).where(and(inArray(history.id, eldest), lt(history.createdAt, before)));
  return rowCount ?? 0;
}

export async function deleteLoops(db: Queryable, before: number, limit: number): Promise<number> {
  const eldest = db.select({ id: loops.id }).from(loops).orderBy(asc(loops.id)).limit(limit);
  const { rowCount } = await db.delete(loops).where(and(inArray(loops.id, eldest), lt(loops.finishedAt, before)));
  return rowCount ?? 0;
}

export async function deleteInstances(db: Queryable, before: number, limit: number): Promise<number> {
  const ended = db
    .select({ id: instances.id })
    .from(instances)
    .where(lt(instances.endedAt, before))
    .orderBy(asc(instances.id))
    .limit(limit);
  return (await db.delete(instances).where(inArray(instances.id, ended))).rowCount ?? 0;
}

/** Connected lives whose last heartbeat is from before. */
export async function silentAgents(db: Queryable, before: number): Promise<string[]> {
  const rows = await db
    .select({ agentType: instances.agentType })
    .from(instances)
    .where(and(isNull(instances.endedAt), isNotNull(instances.connectedAt), lt(instances.lastHeartbeatAt, before)));
  return rows.map(({ agentType }) => agentType);
}

/** What agents' loops came to between these moments, oldest first. */
export const deedsBetween = (db: Queryable, span: { from: number; to: number }) =>
  db
    .select({ agentType: history.agentType, at: history.createdAt, summary: history.summary })
    .from(history)
    .where(and(eq(history.actionType, 'loop_done'), gte(history.createdAt, span.from), lt(history.createdAt, span.to)))
    .orderBy(asc(history.id));

/** The moment of the first of them from `from` on. */
export async function firstDeedAt(db: Queryable, from: number): Promise<number | undefined> {
  const [row] = await db
    .select({ at: history.createdAt })
    .from(history)
    .where(and(eq(history.actionType, 'loop_done'), gte(history.createdAt, from)))
    .orderBy(asc(history.createdAt))
    .limit(1);
  return row?.at;
}
