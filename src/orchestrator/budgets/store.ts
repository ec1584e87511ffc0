import { and, asc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { Pool } from 'pg';
import { type Period, periodSchema } from '../../contracts/budget.ts';
import { iso } from '../platform/iso.ts';
import type { Queryable } from '../platform/postgres.ts';
import { type Account, type Allotment, type Level, startOf, team } from './rules.ts';
import { budgetAccounts, budgetHolds, budgetNotices, budgetReservations, modelCalls } from './tables.ts';

export type ReservationRow = typeof budgetReservations.$inferSelect;
export type ModelCallRow = typeof modelCalls.$inferInsert;

/** As the functions of the database answer it: 64 bits come as text. */
interface AccountAnswer {
  readonly subject: string;
  readonly period: string;
  readonly spent_micro_usd: string;
  readonly spent_tokens: string;
  readonly spent_calls: string;
  readonly reserved_micro_usd: string;
  readonly reserved_tokens: string;
  readonly reserved_calls: string;
}

const toAccount = (row: AccountAnswer): Account => ({
  subject: row.subject,
  period: periodSchema.parse(row.period),
  spent: { usd: Number(row.spent_micro_usd), tokens: Number(row.spent_tokens), calls: Number(row.spent_calls) },
  reserved: {
    usd: Number(row.reserved_micro_usd),
    tokens: Number(row.reserved_tokens),
    calls: Number(row.reserved_calls),
  },
});

/** In the order in which reserve_model_call takes the limits. */
const watched = (agentType: string) =>
  [agentType, team].flatMap((subject) => periodSchema.options.map((period) => ({ subject, period })));

/** One round trip. `accounts`: how they stand after it. */
export async function reserve(
  pool: Pool,
  call: Omit<ReservationRow, 'charged'>,
  allotments: readonly Allotment[],
): Promise<{ granted: boolean; accounts: Account[] }> {
  const limits = (measure: Allotment['measure']) =>
    watched(call.agentType).map(
      ({ subject, period }) =>
        allotments.find((each) => each.subject === subject && each.period === period && each.measure === measure)
          ?.limit ?? null,
    );
  const { id, agentType, instanceId, provider, model, microUsd, tokens } = call;
  const moments = [call.dayStartsAt, call.monthStartsAt, call.createdAt, call.expiresAt].map(iso);
  const { rows } = await pool.query<AccountAnswer & { granted: boolean }>({
    name: 'reserve_model_call',
    text: 'select * from reserve_model_call($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)',
    values: [
      ...[id, agentType, instanceId, provider, model, microUsd, tokens],
      ...moments,
      ...[limits('usd'), limits('tokens'), limits('calls')],
    ],
  });
  return { granted: rows[0]?.granted === true, accounts: rows.map(toAccount) };
}

export interface Settlement {
  readonly call: ModelCallRow;
  readonly tokens: number;
  /** 0 or 1: whether it counts as a call. */
  readonly calls: number;
}

/** One round trip, safe to repeat. How the accounts of the call's periods stand after it; none when it was settled before. */
export async function settle(pool: Pool, { call, tokens, calls }: Settlement): Promise<Account[]> {
  const { rows } = await pool.query<AccountAnswer>({
    name: 'settle_model_call',
    text: 'select * from settle_model_call(jsonb_populate_record(null::model_calls, $1), $2, $3, $4, $5)',
    values: [
      JSON.stringify(asRecord(call)),
      tokens,
      calls,
      iso(startOf('daily', call.createdAt)),
      iso(startOf('monthly', call.createdAt)),
    ],
  });
  return rows.map(toAccount);
}

const asRecord = (call: ModelCallRow) => ({
  id: call.id,
  agent_type: call.agentType,
  instance_id: call.instanceId,
  provider: call.provider,
  model: call.model,
  status: call.status,
  input_tokens: call.inputTokens,
  output_tokens: call.outputTokens,
  cache_read_tokens: call.cacheReadTokens,
  cache_write_tokens: call.cacheWriteTokens,
  cost_micro_usd: call.costMicroUsd,
  attempts: call.attempts,
  first_token_ms: call.firstTokenMs,
  duration_ms: call.durationMs,
  error_code: call.errorCode,
  prompt: call.prompt,
  created_at: iso(call.createdAt),
});

/** The accounts of the periods that `now` lies in. */
export async function currentAccounts(db: Queryable, now: number): Promise<Account[]> {
  const of = (period: Period) =>
    and(eq(budgetAccounts.period, period), eq(budgetAccounts.startsAt, startOf(period, now)));
  const rows = await db
    .select()
    .from(budgetAccounts)
    .where(sql`${of('daily')} or ${of('monthly')}`);
  return rows.map((row) => ({
    subject: row.subject,
    period: row.period,
    spent: { usd: row.spentMicroUsd, tokens: row.spentTokens, calls: row.spentCalls },
    reserved: { usd: row.reservedMicroUsd, tokens: row.reservedTokens, calls: row.reservedCalls },
  }));
}

/** Calls that nobody settled in time, the oldest first. */
export const expiredReservations = (db: Queryable, now: number, limit: number): Promise<ReservationRow[]> =>
  db
    .select()
    .from(budgetReservations)
    .where(and(lt(budgetReservations.expiresAt, now), eq(budgetReservations.charged, false)))
    .orderBy(asc(budgetReservations.expiresAt))
    .limit(limit);

/** False when it was told before. */
export async function insertNotice(
  db: Queryable,
  notice: { allotment: Allotment; level: Level; startsAt: number; now: number },
): Promise<boolean> {
  const { budget, limit } = notice.allotment;
  const { level, startsAt, now: createdAt } = notice;
  const row = { budget, limit, level, startsAt, createdAt };
  return (await db.insert(budgetNotices).values(row).onConflictDoNothing()).rowCount === 1;
}

/** False when it was held before. */
export async function insertHold(db: Queryable, agentType: string, since: number): Promise<boolean> {
  const { rowCount } = await db.insert(budgetHolds).values({ agentType, since }).onConflictDoNothing();
  return rowCount === 1;
}

export async function heldAgents(db: Queryable, agentTypes: readonly string[]): Promise<string[]> {
  const rows = await db
    .select({ agentType: budgetHolds.agentType })
    .from(budgetHolds)
    .where(inArray(budgetHolds.agentType, [...agentTypes]));
  return rows.map(({ agentType }) => agentType);
}

export async function deleteHolds(db: Queryable, agentTypes: readonly string[]): Promise<void> {
  await db.delete(budgetHolds).where(inArray(budgetHolds.agentType, [...agentTypes]));
}

/** How many it removed: less than `limit` when no more are that old. */
export async function deleteModelCalls(db: Queryable, before: number, limit: number): Promise<number> {
  const old = db
    .select({ id: modelCalls.id })
    .from(modelCalls)
    .where(lt(modelCalls.createdAt, before))
    .orderBy(asc(modelCalls.createdAt))
    .limit(limit);
  return (await db.delete(modelCalls).where(inArray(modelCalls.id, old))).rowCount ?? 0;
}

/** Periods long past, what was told of them, and charged calls that nobody will settle any more. */
export async function deletePast(db: Queryable, before: { periods: number; charged: number }): Promise<void> {
  await db.delete(budgetAccounts).where(lt(budgetAccounts.startsAt, before.periods));
  await db.delete(budgetNotices).where(lt(budgetNotices.startsAt, before.periods));
  await db
    .delete(budgetReservations)
    .where(and(eq(budgetReservations.charged, true), lt(budgetReservations.expiresAt, before.charged)));
}
