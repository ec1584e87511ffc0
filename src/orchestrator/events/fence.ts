import { and, eq } from 'drizzle-orm';
import { leaderTerms } from '../platform/tables.ts';
import type { UnitOfWork } from './work.ts';

/** The leader has been followed by another while it was at work; nothing of this work was written. */
export class TermIsOver extends Error {
  override readonly name = 'TermIsOver';
}

/**
 * Work that is committed only while this term lasts, however late its leader learns of its end. The row is held until the
 * commit, so the next leader counts its term only after it.
 */
export const fence =
  (unitOfWork: UnitOfWork, term: number): UnitOfWork =>
  (change) =>
    unitOfWork(async (work) => {
      const held = await work.tx
        .select({ term: leaderTerms.term })
        .from(leaderTerms)
        .where(and(eq(leaderTerms.singleton, 'leader'), eq(leaderTerms.term, term)))
        .for('share');
      if (held.length === 0) throw new TermIsOver(`Term ${term} is over, another replica leads`);
      return change(work);
    });
