import { and, desc, eq, ilike, or } from 'drizzle-orm';
import type { Work } from '../events/work.ts';
import type { KnowledgeService } from '../knowledge/service.ts';
import { iso } from '../platform/iso.ts';
import type { Queryable } from '../platform/postgres.ts';
import { notes } from './tables.ts';

export type MemoryService = ReturnType<typeof createMemoryService>;

interface Deps {
  readonly knowledge: Pick<KnowledgeService, 'put' | 'removeBySource'>;
}

/** An agent's notes to itself; what it keeps here it finds among what the team knows, and nobody else does. */
export const createMemoryService = ({ knowledge }: Deps) => ({
  async remember(
    work: Work,
    { agentType, key, note }: { agentType: string; key: string; note: string },
  ): Promise<void> {
    const source = `memory:${agentType}:${key}`;
    if (note === '') {
      await work.tx.delete(notes).where(and(eq(notes.agentType, agentType), eq(notes.key, key)));
      await knowledge.removeBySource(work, source);
      return;
    }
    const updatedAt = work.now;
    await work.tx
      .insert(notes)
      .values({ agentType, key, note, updatedAt })
      .onConflictDoUpdate({ target: [notes.agentType, notes.key], set: { note, updatedAt } });
    await knowledge.put(work, { source, kind: 'memory', owner: agentType, title: key, text: note });
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
});
