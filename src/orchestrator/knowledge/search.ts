import type { SQL } from 'drizzle-orm';
import type { Finding } from '../../contracts/knowledge.ts';
import { iso } from '../platform/iso.ts';
import type { Queryable } from '../platform/postgres.ts';
import { fuse, snippetOf, wordsOf } from './rules.ts';
import {
  comparesSpelling,
  everyWordOf,
  type Found,
  findBySpelling,
  findByWords,
  looseQueries,
  type Scope,
} from './search-store.ts';

export interface Question extends Scope {
  readonly query: string;
  /** Characters of each result's snippet at most. */
  readonly snippetMax: number;
}

/**
 * First what holds every word. Only when nothing does, what holds two of them, or one, or has a title that is spelt alike,
 * by the places it takes in each of these lists: who asks with the right words pays for no guessing.
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

  async function findLoosely(db: Queryable, { query, ...scope }: Question, words: readonly string[]): Promise<Found[]> {
    const lists: Found[][] = [];
    for (const asked of await looseQueries(db, words)) {
      if (asked !== null) lists.push(await findByWords(db, asked, scope));
    }
    if (await canCompare(db)) lists.push(await findBySpelling(db, query, scope));
    return fuse(lists, scope.limit);
  }

  return async (db: Queryable, question: Question): Promise<Finding[]> => {
    const words = wordsOf(question.query);
    if (words.length === 0) return [];
    const asked: SQL = everyWordOf(question.query);
    const exact = await findByWords(db, asked, question);
    const found = exact.length > 0 ? exact : await findLoosely(db, question, words);
    return found.map((each) => toFinding(each, snippetOf(each.text, words, question.snippetMax)));
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
