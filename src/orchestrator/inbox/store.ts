import { and, asc, eq, gt, inArray, lt, lte } from 'drizzle-orm';
import type { Queryable } from '../platform/postgres.ts';
import { messages } from './tables.ts';

export type MessageRow = typeof messages.$inferSelect;

export async function insertMessage(db: Queryable, row: Omit<MessageRow, 'seq'>): Promise<void> {
  await db.insert(messages).values(row);
}

export async function readMessages(
  db: Queryable,
  range: { agentType: string; after: number; upTo: number; limit: number },
): Promise<MessageRow[]> {
  return db
    .select()
    .from(messages)
    .where(and(eq(messages.toAgent, range.agentType), gt(messages.seq, range.after), lte(messages.seq, range.upTo)))
    .orderBy(asc(messages.seq))
    .limit(range.limit);
}

/** Of the eldest so many of an agent's, those that it has read and that are from before; how many went. */
export async function deleteMessages(
  db: Queryable,
  { agentType, readTo, before, limit }: { agentType: string; readTo: number; before: number; limit: number },
): Promise<number> {
  const eldest = db
    .select({ seq: messages.seq })
    .from(messages)
    .where(and(eq(messages.toAgent, agentType), lte(messages.seq, readTo)))
    .orderBy(asc(messages.seq))
    .limit(limit);
  const { rowCount } = await db
    .delete(messages)
    .where(and(inArray(messages.seq, eldest), lt(messages.createdAt, before)));
  return rowCount ?? 0;
}
