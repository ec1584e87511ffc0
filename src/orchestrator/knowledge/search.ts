import type { DocumentKind, Finding } from '../../contracts/knowledge.ts';
import { iso } from '../platform/iso.ts';
import type { Queryable } from '../platform/postgres.ts';
import { fuse, snippetOf, wordsOf } from './rules.ts';
import { type Found, findByEveryWord, findByLooseQuery, looseQueries, type Scope } from './search-store.ts';
import { comparesSpelling, findByTitleSpelt, findByWordsSpelt } from './spelling-store.ts';

export interface Question {
  readonly query: string;
  /** The agent that asks; null: an operator, who finds all. */
  readonly reader: string | null;
  readonly kind?: DocumentKind | undefined;
  readonly agent?: string | undefined;
  readonly limit: number;
  /** Characters of each result's snippet at most. */
  readonly snippetMax: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What means what is asked for, best first, under the same restrictions. */
  readonly alike?: readonly Found[] | Promise<readonly Found[]>;
}

/**
 * First what holds every word. Only when nothing does, what holds two of them, or one, and what has a title that is spelt
 * alike, by the places it takes in these two orders: who asks with the right words pays for no guessing. What is found by words
 * and what is found by meaning become one list by their places, too: their scores have nothing in common.
 */
export function createSearch() {
  let spelling: Promise<boolean> | undefined;

  /** Asked once; a database does not get or lose the extension while it runs. */
  function canCompare(db: Queryable): Promise<boolean> {
    spelling ??= comparesSpelling(db).catch((error: unknown) => {
      spelling = undefined;
      throw error;
    });
    return spelling;
  }

  async function findBySomeWords(db: Queryable, words: readonly string[], scope: Scope): Promise<Found[]> {
    const found: Found[] = [];
    for (const loose of await looseQueries(db, words)) {
      // What holds more of the words goes first: what holds fewer is looked for only to fill the answer.
      if (found.length >= scope.limit) break;
      const more = await findByLooseQuery(db, loose, scope);
      found.push(...more.filter(({ id }) => !found.some((known) => known.id === id)));
    }
    return found;
  }

  async function findLoosely(db: Queryable, query: string, scope: Scope): Promise<Found[]> {
    const words = wordsOf(query);
    const bySomeWords = await findBySomeWords(db, words, scope);
    if (!(await canCompare(db))) return fuse([bySomeWords], scope.limit);
    const byTitle = await findByTitleSpelt(db, query, scope);
    // Where nobody knows a single one of the words, they are looked for in what begins like them.
    const bySlip = bySomeWords.length > 0 ? bySomeWords : await findByWordsSpelt(db, words, scope);
    return fuse([bySlip, byTitle], scope.limit);
  }

  return async (db: Queryable, question: Question): Promise<Finding[]> => {
    const { query, reader, kind = null, agent = null, limit, snippetMax } = question;
    const words = wordsOf(query);
    if (words.length === 0) return [];
    const scope = { reader, kind, agent, limit, now: iso(question.now) };
    const exact = await findByEveryWord(db, query, scope);
    const byWords = exact.length > 0 ? exact : await findLoosely(db, query, scope);
    const alike = (await question.alike) ?? [];
    const found = alike.length === 0 ? byWords : fuse([byWords, alike], limit);
    return found.map((each) => toFinding(each, snippetOf(each.text, words, snippetMax)));
  };
}

const toFinding = (found: Found, snippet: string): Finding => ({
  id: found.id,
  title: found.title,
  kind: found.kind,
  source: found.source,
  agent: found.owner,
  snippet,
  score: found.score,
  updatedAt: iso(found.updatedAt),
});
