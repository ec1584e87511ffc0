import { and, asc, count, desc, eq, ilike, inArray, lt, lte, sql } from 'drizzle-orm';
import type { DecisionStatus } from '../../contracts/decision.ts';
import type { Tier } from '../../contracts/policy.ts';
import type { Queryable } from '../platform/postgres.ts';
import { prepared } from '../platform/prepare.ts';
import type { Ballot } from './rules.ts';
import { actions, decisions, statements, votes } from './tables.ts';

export type DecisionRow = typeof decisions.$inferSelect;
export type VoteRow = typeof votes.$inferSelect;
export type StatementRow = typeof statements.$inferSelect;
export type ActionRow = typeof actions.$inferSelect;

export const insertDecision = async (db: Queryable, row: DecisionRow): Promise<void> => {
  await db.insert(decisions).values(row);
};

export async function insertActions(db: Queryable, rows: readonly ActionRow[]): Promise<void> {
  if (rows.length > 0) await db.insert(actions).values([...rows]);
}

export async function findDecision(db: Queryable, id: string): Promise<DecisionRow | undefined> {
  const [row] = await db.select().from(decisions).where(eq(decisions.id, id));
  return row;
}

/** Every change of a decision begins here: whoever comes second waits, then sees what the first has done. */
export async function lockDecision(db: Queryable, id: string): Promise<DecisionRow | undefined> {
  const [row] = await decisionToLock(db).execute({ id });
  return row;
}

const decisionToLock = prepared((db) =>
  db
    .select()
    .from(decisions)
    .where(eq(decisions.id, sql.placeholder('id')))
    .for('update')
    .prepare('decision_to_lock'),
);

export const updateDecision = async (db: Queryable, id: string, change: Partial<DecisionRow>): Promise<void> => {
  await db.update(decisions).set(change).where(eq(decisions.id, id)).execute();
};

const ballot = { voterType: votes.voterType, vote: votes.vote };

/**
 * The round's ballots with this one among them; undefined when this voter has voted in this round already.
 * A statement does not see its own insert, so what it returns and what was there add up to the round.
 */
export async function castVote(db: Queryable, row: VoteRow): Promise<Ballot[] | undefined> {
  const ballots = await voteToCast(db).execute(row);
  return ballots.some(({ isOwn }) => isOwn) ? ballots : undefined;
}

const voteToCast = prepared((db) => {
  const given = (name: keyof VoteRow) => sql.placeholder(name);
  const own = db.$with('own').as(
    db
      .insert(votes)
      .values({
        decisionId: given('decisionId'),
        round: given('round'),
        voterType: given('voterType'),
        vote: given('vote'),
        reason: given('reason'),
        castBy: given('castBy'),
        createdAt: given('createdAt'),
      })
      .onConflictDoNothing()
      .returning(ballot),
  );
  const ballots = sql`(
    select voter_type, vote, true as is_own from own
    union all select ${votes.voterType}, ${votes.vote}, false from ${votes}
    where ${votes.decisionId} = ${given('decisionId')} and ${votes.round} = ${given('round')}
  ) ballots`;
  return db
    .with(own)
    .select({ voterType: sql<string>`voter_type`, vote: sql<VoteRow['vote']>`vote`, isOwn: sql<boolean>`is_own` })
    .from(ballots)
    .prepare('vote_to_cast');
});

export const ballotsOf = (db: Queryable, key: Pick<VoteRow, 'decisionId' | 'round'>): Promise<Ballot[]> =>
  db.select(ballot).from(votes).where(inRound(key));

const inRound = ({ decisionId, round }: Pick<VoteRow, 'decisionId' | 'round'>) =>
  and(eq(votes.decisionId, decisionId), eq(votes.round, round));

export async function askForStatements(
  db: Queryable,
  ask: { decisionId: string; round: number; agentTypes: readonly string[] },
): Promise<void> {
  if (ask.agentTypes.length === 0) return;
  await db
    .insert(statements)
    .values(ask.agentTypes.map((agentType) => ({ decisionId: ask.decisionId, round: ask.round, agentType })))
    .onConflictDoNothing();
}

export async function findStatement(
  db: Queryable,
  key: { decisionId: string; round: number; agentType: string },
): Promise<StatementRow | undefined> {
  const [row] = await db
    .select()
    .from(statements)
    .where(
      and(
        eq(statements.decisionId, key.decisionId),
        eq(statements.round, key.round),
        eq(statements.agentType, key.agentType),
      ),
    );
  return row;
}

export async function saveStatement(db: Queryable, row: StatementRow): Promise<void> {
  await db
    .update(statements)
    .set({ statement: row.statement, createdAt: row.createdAt })
    .where(
      and(
        eq(statements.decisionId, row.decisionId),
        eq(statements.round, row.round),
        eq(statements.agentType, row.agentType),
      ),
    );
}

export const actionsOf = (db: Queryable, decisionId: string): Promise<ActionRow[]> =>
  db.select().from(actions).where(eq(actions.decisionId, decisionId)).orderBy(asc(actions.position));

export async function closeAction(
  db: Queryable,
  row: Pick<ActionRow, 'decisionId' | 'position' | 'status' | 'outcome' | 'executedAt'>,
): Promise<void> {
  const { decisionId, position, ...change } = row;
  await db
    .update(actions)
    .set(change)
    .where(and(eq(actions.decisionId, decisionId), eq(actions.position, position)));
}

export async function dropActions(db: Queryable, decisionId: string): Promise<void> {
  await db
    .update(actions)
    .set({ status: 'dropped' })
    .where(and(eq(actions.decisionId, decisionId), eq(actions.status, 'waiting')));
}

/** Votes, statements and actions of several decisions at once: three queries for a page, not three for each row. */
export async function detailsOf(db: Queryable, ids: readonly string[]) {
  if (ids.length === 0) return { votes: [], statements: [], actions: [] };
  const among = [...ids];
  return {
    votes: await db
      .select()
      .from(votes)
      .where(inArray(votes.decisionId, among))
      .orderBy(asc(votes.round), asc(votes.createdAt)),
    statements: await db
      .select()
      .from(statements)
      .where(inArray(statements.decisionId, among))
      .orderBy(asc(statements.round), asc(statements.createdAt)),
    actions: await db.select().from(actions).where(inArray(actions.decisionId, among)).orderBy(asc(actions.position)),
  };
}

const voteInRound = (voter: string) => sql<VoteRow['vote'] | null>`(
  select v.vote from decision_votes v
  where v.decision_id = ${decisions.id} and v.round = ${decisions.round} and v.voter_type = ${voter}
)`;

const summaryColumns = {
  id: decisions.id,
  title: decisions.title,
  status: decisions.status,
  decisionType: decisions.tier,
  proposedBy: decisions.proposedBy,
  ceoVote: voteInRound('ceo'),
  daoVote: voteInRound('dao'),
  round: decisions.round,
  deadlineAt: decisions.deadlineAt,
  because: decisions.because,
  createdAt: decisions.createdAt,
};

export interface DecisionQuery {
  readonly statuses?: readonly DecisionStatus[] | undefined;
  readonly tier?: Tier | undefined;
  /** Words of the title. */
  readonly search?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

export async function listDecisions(db: Queryable, query: DecisionQuery) {
  const where = and(
    query.statuses && inArray(decisions.status, [...query.statuses]),
    query.tier && eq(decisions.tier, query.tier),
    query.search === undefined ? undefined : ilike(decisions.title, `%${literally(query.search)}%`),
  );
  // The ids first, from the index alone: the votes are looked up for the page, not for all that the offset passes over.
  const ids = db
    .select({ id: decisions.id })
    .from(decisions)
    .where(and(where, query.before === undefined ? undefined : lt(decisions.id, query.before)))
    .orderBy(desc(decisions.id))
    .limit(query.limit)
    .offset(query.offset)
    .as('page');
  const rows = await db
    .select(summaryColumns)
    .from(decisions)
    .innerJoin(ids, eq(ids.id, decisions.id))
    .orderBy(desc(decisions.id));
  const [total] = await db.select({ count: count() }).from(decisions).where(where);
  return { rows, total: total?.count ?? 0 };
}

/** Nothing in it means more to LIKE than itself. */
const literally = (words: string): string => words.replaceAll(/[\\%_]/g, String.raw`\$&`);

/** Whole rows for agents, newest first; `needing` keeps those that ask something of that agent now. */
export async function decisionsFor(
  db: Queryable,
  query: { needing?: string | undefined; limit: number },
): Promise<DecisionRow[]> {
  const { needing } = query;
  const asked =
    needing === undefined
      ? undefined
      : sql`${decisions.status} = 'pending' and (${votesMissing(needing)} or ${statementMissing(needing)})`;
  return db.select().from(decisions).where(asked).orderBy(desc(decisions.id)).limit(query.limit);
}

export const votesMissing = (voter: string) => sql`(
  ${decisions.rule}->'voters' ? ${voter} and not exists (
    select from decision_votes v
    where v.decision_id = ${decisions.id} and v.round = ${decisions.round} and v.voter_type = ${voter}
  )
)`;

export const statementMissing = (agentType: string) => sql`exists (
  select from decision_statements s
  where s.decision_id = ${decisions.id} and s.round = ${decisions.round} and s.agent_type = ${agentType} and s.statement is null
)`;

export const decisionsOfTasks = (db: Queryable, taskIds: readonly string[]) =>
  db
    .select({
      id: decisions.id,
      title: decisions.title,
      status: decisions.status,
      because: decisions.because,
      taskId: decisions.taskId,
    })
    .from(decisions)
    .where(inArray(decisions.taskId, [...taskIds]))
    .orderBy(asc(decisions.id));

/** Pending decisions past their deadline, oldest first; each is settled in a transaction of its own. */
export const overdueDecisions = (db: Queryable, now: number, limit: number) =>
  db
    .select({ id: decisions.id })
    .from(decisions)
    .where(and(eq(decisions.status, 'pending'), lte(decisions.deadlineAt, now)))
    .orderBy(asc(decisions.deadlineAt))
    .limit(limit);
