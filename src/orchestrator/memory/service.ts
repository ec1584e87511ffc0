import { and, desc, eq, ilike, or, sql } from 'drizzle-orm';
import { AppError } from '../../contracts/errors.ts';
import type { Work } from '../events/work.ts';
import type { KnowledgeService } from '../knowledge/service.ts';
import { iso } from '../platform/iso.ts';
import type { Queryable } from '../platform/postgres.ts';
import type { SettingsService } from '../settings/service.ts';
import { notes } from './tables.ts';

export type MemoryService = ReturnType<typeof createMemoryService>;

interface Deps {
  readonly knowledge: Pick<KnowledgeService, 'put' | 'removeBySource'>;
  readonly settings: SettingsService;
}

/** Named in a refusal: what has not been touched for longest is most likely to be what can go. */
const eldestShown = 5;

/** An agent's notes to itself; what it keeps here it finds among what the team knows, and nobody else does. */
export const createMemoryService = ({ knowledge, settings }: Deps) => ({
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
    await assertRoom(work, { agentType, key, notesMax: await settings.read(work.tx, 'memory.notes_per_agent') });
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

/** A note may always be changed. Of two new ones at once the second waits, and counts the first. */
async function assertRoom(
  { tx }: Work,
  { agentType, key, notesMax }: { agentType: string; key: string; notesMax: number },
): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('notes'), hashtext(${agentType}))`);
  const own = eq(notes.agentType, agentType);
  const kept = await tx.$count(notes, own);
  if (kept < notesMax || (await tx.$count(notes, and(own, eq(notes.key, key)))) > 0) return;
  const eldest = await tx.select({ key: notes.key }).from(notes).where(own).orderBy(notes.updatedAt).limit(eldestShown);
  const keys = eldest.map((note) => `"${note.key}"`).join(', ');
  throw new AppError(
    'notes_full',
    `You keep ${kept} notes, and ${notesMax} is the limit: merge some into one, or forget one with an empty note. Untouched for longest: ${keys}`,
  );
}
