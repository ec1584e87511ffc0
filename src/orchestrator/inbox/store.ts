import { and, asc, eq, gt, lte } from 'drizzle-orm';
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
