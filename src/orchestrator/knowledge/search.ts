import type { DocumentKind, Finding } from '../../contracts/knowledge.ts';
import { iso } from '../platform/iso.ts';
import type { Queryable } from '../platform/postgres.ts';
import { fuse, snippetOf, wordsOf } from './rules.ts';
import {
  comparesSpelling,
  type Found,
  findByEveryWord,
  findByLooseQuery,
  findBySpelling,
  looseQueries,
  type Scope,
} from './search-store.ts';

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
}

/**
 * First what holds every word. Only when nothing does, what holds two of them, or one, and what has a title that is spelt
 * alike, by the places it takes in these two orders: who asks with the right words pays for no guessing.
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

  async function findLoosely(db: Queryable, query: string, scope: Scope): Promise<Found[]> {
    const byWords: Found[] = [];
    for (const loose of await looseQueries(db, wordsOf(query))) {
      // What holds more of the words goes first: what holds fewer is looked for only to fill the answer.
      if (byWords.length >= scope.limit) break;
      const more = await findByLooseQuery(db, loose, scope);
      byWords.push(...more.filter(({ id }) => !byWords.some((found) => found.id === id)));
    }
    const bySpelling = (await canCompare(db)) ? await findBySpelling(db, query, scope) : [];
    return fuse([byWords, bySpelling], scope.limit);
  }

  return async (db: Queryable, question: Question): Promise<Finding[]> => {
    const { query, reader, kind = null, agent = null, limit, snippetMax } = question;
    const words = wordsOf(query);
    if (words.length === 0) return [];
    const scope = { reader, kind, agent, limit, now: iso(question.now) };
    const exact = await findByEveryWord(db, query, scope);
    const found = exact.length > 0 ? exact : await findLoosely(db, query, scope);
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
