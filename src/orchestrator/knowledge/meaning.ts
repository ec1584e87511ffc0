import type { Payer } from '../models/accounts.ts';
import type { EmbedTexts } from '../models/embed.ts';
import type { Clock } from '../platform/clock.ts';
import { iso } from '../platform/iso.ts';
import type { Postgres } from '../platform/postgres.ts';
import type { SettingsReader } from '../settings/reader.ts';
import type { SettingsService } from '../settings/service.ts';
import { createEmbedding, type EmbeddingOutcome } from './embedding.ts';
import type { Exclusively } from './exclusively.ts';
import { wordsOf } from './rules.ts';
import type { Question } from './search.ts';
import type { Found } from './search-store.ts';
import { findSpace, type Maker } from './spaces.ts';
import { type SearchOfSpace, searchOf } from './vector-store.ts';
import { literalOf, unitOf } from './vectors.ts';

export type Alike = Found;

/** What documents and questions mean, where a model is set that turns texts into vectors and Postgres can keep them. */
export interface Meaning {
  /** The documents that mean what is asked for, best first; none where that cannot be told. Never rejects. */
  find(question: Omit<Question, 'now' | 'snippetMax'>, payer: Payer): Promise<Alike[]>;
  /** Brings the vectors in step with the documents. */
  refresh(signal: AbortSignal): Promise<EmbeddingOutcome>;
}

interface Deps {
  readonly postgres: Postgres;
  readonly clock: Clock;
  /** In memory: a search waits for no query to learn whether vectors are wanted. */
  readonly settings: SettingsReader;
  /** As it stands in the database. */
  readonly stored: Pick<SettingsService, 'read'>;
  readonly embedTexts: EmbedTexts;
  readonly exclusively: Exclusively;
  readonly onError: (error: unknown) => void;
}

/** Who searches waits no longer for the model; after that it is left alone for a while. */
const questionMsMax = 2_000;
const restMs = 30_000;
/** Agents ask for the same again and again, and a question costs a call. */
const questionsKept = 300;

export function createMeaning(deps: Deps): Meaning {
  const { postgres, clock, settings, stored, embedTexts, exclusively, onError } = deps;
  const { db } = postgres;
  const searches = new Map<string, SearchOfSpace>();
  const questions = new Map<string, string>();
  let restUntil = Number.NEGATIVE_INFINITY;

  const wanted = async (): Promise<Maker> => ({
    model: await stored.read(db, 'knowledge.embedding_model'),
    documentPrefix: await stored.read(db, 'knowledge.embedding_document_prefix'),
  });

  async function searchFor(maker: Maker): Promise<SearchOfSpace | undefined> {
    const known = searches.get(nameOf(maker));
    if (known) return known;
    const space = await findSpace(db, maker);
    if (!space) return undefined;
    const search = searchOf(space);
    searches.set(nameOf(maker), search);
    return search;
  }

  /** Undefined while the model is left alone. */
  async function vectorOf(model: string, question: string, payer: Payer): Promise<string | undefined> {
    const key = `${model} ${question}`;
    const known = questions.get(key);
    if (known !== undefined) return known;
    if (clock.monotonic() < restUntil) return undefined;
    const over = new AbortController();
    const late = new AbortController();
    void clock.sleep(questionMsMax, over.signal).then(() => late.abort(new Error(`${model} took too long to answer`)));
    try {
      const [vector = []] = await embedTexts({ model, texts: [question], payer, signal: late.signal });
      const unit = unitOf(vector);
      if (!unit) throw new Error(`${model} answered with a vector that points nowhere`);
      const [oldest] = questions.keys();
      if (questions.size >= questionsKept && oldest !== undefined) questions.delete(oldest);
      questions.set(key, literalOf(unit));
      return literalOf(unit);
    } catch (error) {
      restUntil = clock.monotonic() + restMs;
      throw error;
    } finally {
      over.abort();
    }
  }

  return {
    async find({ query, reader, kind = null, agent = null, limit }, payer) {
      const maker: Maker = {
        model: settings.read('knowledge.embedding_model'),
        documentPrefix: settings.read('knowledge.embedding_document_prefix'),
      };
      const { model } = maker;
      if (model === '' || wordsOf(query).length === 0) return [];
      try {
        const search = await searchFor(maker);
        const question = settings.read('knowledge.embedding_query_prefix') + query;
        const vector = search && (await vectorOf(model, question, payer));
        if (!search || vector === undefined) return [];
        const similarityMin = settings.read('knowledge.similarity_min');
        const scope = { reader, kind, agent, limit, now: iso(clock.now()) };
        return await search(db, { ...scope, vector, similarityMin });
      } catch (error) {
        // Another replica may have moved on to other vectors.
        searches.delete(nameOf(maker));
        onError(error);
        return [];
      }
    },

    refresh: createEmbedding({ postgres, clock, embedTexts, exclusively, maker: wanted }),
  };
}

const nameOf = ({ model, documentPrefix }: Maker): string => `${model} ${documentPrefix}`;
