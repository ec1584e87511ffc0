import { and, desc, eq, ilike, or } from 'drizzle-orm';
import { iso } from '../platform/iso.ts';
import type { Queryable } from '../platform/postgres.ts';
import { notes } from './tables.ts';

export type MemoryService = typeof memoryService;

/** An agent's notes to itself. */
export const memoryService = {
  async remember(
    db: Queryable,
    row: { agentType: string; key: string; note: string; updatedAt: number },
  ): Promise<void> {
    if (row.note === '') {
      await db.delete(notes).where(and(eq(notes.agentType, row.agentType), eq(notes.key, row.key)));
      return;
    }
    const { note, updatedAt } = row;
    await db
      .insert(notes)
      .values(row)
      .onConflictDoUpdate({ target: [notes.agentType, notes.key], set: { note, updatedAt } });
  },

  async recall(db: Queryable, { agentType, query, limit }: { agentType: string; query: string; limit: number }) {
    const pattern = `%${query.replace(/[\\%_]/g, '\\$&')}%`;
    const rows = await db
      .select()
      .from(notes)
      .where(and(eq(notes.agentType, agentType), or(ilike(notes.key, pattern), ilike(notes.note, pattern))))
      .orderBy(desc(notes.updatedAt))
      .limit(limit);
    return rows.map(({ key, note, updatedAt }) => ({ key, note, updatedAt: iso(updatedAt) }));
  },
};
