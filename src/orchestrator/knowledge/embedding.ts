import { hash } from 'node:crypto';
import type { EmbedTexts } from '../models/embed.ts';
import { UpstreamFailure } from '../models/failure.ts';
import type { Clock } from '../platform/clock.ts';
import { type Postgres, sqlState } from '../platform/postgres.ts';
import { ourselves } from './payer.ts';
import { dropOthers, findSpace, NoVectors, openSpace, type Space } from './spaces.ts';
import { documents as documentsTable } from './tables.ts';
import { countPending, type Embedded, findPending, keepEmbedded, type Pending } from './vector-store.ts';
import { intoCalls, literalOf, unitOf } from './vectors.ts';

interface Deps {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly embedTexts: EmbedTexts;
  /** The model that is wanted now, as it stands in the database; empty: none. */
  readonly model: () => Promise<string>;
}

export interface EmbeddingOutcome {
  /** Documents. */
  readonly embedded: number;
  readonly waiting: number;
  /** Why they wait. */
  readonly because?: string;
}

/** The model gives no vectors just now: what is left waits for the next run. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Few enough that a kill in the middle costs little. */
const documentsAtOnce = 16;
/** Tells how long a model's vectors are, and that it answers at all. */
const sample = 'Boardroom';

/** Brings the vectors in step with the documents, a few at a time: cut off anywhere, the next run goes on. */
export function createEmbedding({ postgres, clock, embedTexts, model: wanted }: Deps) {
  const { db } = postgres;

  async function vectorsOf(model: string, texts: readonly string[], signal: AbortSignal): Promise<number[][]> {
    const vectors = await embedTexts({ model, texts, payer: ourselves, signal });
    const units = vectors.flatMap((vector) => [unitOf(vector)].filter((unit) => unit !== undefined));
    if (units.length === texts.length) return units;
    throw new UpstreamFailure('elsewhere', 'malformed', `${model} answered with a vector that points nowhere`);
  }

  /** Whatever keeps the model from answering, it is told, and nothing else fails for it. */
  async function orWait<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await work;
    } catch (error) {
      signal.throwIfAborted();
      throw new NoAnswer(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  /** A text that the model will not take must not hold up all others; it is found by its words. */
  async function embedCall(texts: readonly string[], at: At): Promise<(string | null)[]> {
    const { model, space, signal } = at;
    try {
      const vectors = await vectorsOf(model, texts, signal);
      const [{ length } = []] = vectors;
      if (length === space.dimensions) return vectors.map(literalOf);
      throw new NoAnswer(`${model} answered with ${length} numbers a text instead of ${space.dimensions}`);
    } catch (error) {
      if (!mayBeTheText(error)) return orWait(Promise.reject(error), signal);
      if (texts.length > 1) {
        const half = Math.ceil(texts.length / 2);
        return [...(await embedCall(texts.slice(0, half), at)), ...(await embedCall(texts.slice(half), at))];
      }
      // It is the text, if the model takes another.
      await orWait(vectorsOf(model, [sample], signal), signal);
      return [null];
    }
  }

  async function embedAll(documents: readonly Pending[], at: At): Promise<void> {
    const rows = documents.flatMap(passagesOf);
    const vectors = new Map<Passage, string | null>();
    for (const call of intoCalls(rows.filter(({ isKnown }) => !isKnown))) {
      const found = await embedCall(
        call.map(({ text }) => text),
        at,
      );
      for (const [index, row] of call.entries()) vectors.set(row, found[index] ?? null);
    }
    const kept = rows.map((row): Embedded => ({ ...row, vector: vectors.get(row) }));
    await postgres.transaction((tx) => keepEmbedded(tx, at.space, kept));
  }

  /** Undefined when all is in step already, and no call has to be made. */
  async function spaceToFill(model: string, signal: AbortSignal): Promise<Space | undefined> {
    const known = await findSpace(db, model);
    if (known && (await countPending(db, known)) === 0) {
      await dropOthers(postgres, known, async () => (await wanted()) === model);
      return undefined;
    }
    const [{ length } = []] = await orWait(vectorsOf(model, [sample], signal), signal);
    return openSpace(postgres, { model, dimensions: length, now: clock.now() });
  }

  return async (signal: AbortSignal): Promise<EmbeddingOutcome> => {
    const model = await wanted();
    let embedded = 0;
    let space: Space | undefined;
    try {
      space = model === '' ? undefined : await spaceToFill(model, signal);
      if (!space) return { embedded, waiting: 0 };
      let before: string | undefined;
      while ((await wanted()) === model) {
        signal.throwIfAborted();
        const some = await findPending(db, space, { before, limit: documentsAtOnce });
        if (some.length === 0) break;
        await embedAll(some, { model, space, signal });
        embedded += some.length;
        before = some.at(-1)?.id;
      }
      const waiting = await countPending(db, space);
      if (waiting === 0) await dropOthers(postgres, space, async () => (await wanted()) === model);
      return { embedded, waiting };
    } catch (error) {
      // Another replica, with another model, has finished meanwhile and removed the table.
      if (sqlState(error) === '42P01') return { embedded, waiting: 0 };
      if (!(error instanceof NoAnswer || error instanceof NoVectors)) throw error;
      const known = space ?? (await findSpace(db, model));
      const waiting = known ? await countPending(db, known) : await db.$count(documentsTable);
      return { embedded, waiting, because: error.message };
    }
  };
}

interface At {
  readonly model: string;
  readonly space: Space;
  readonly signal: AbortSignal;
}

type Passage = ReturnType<typeof passagesOf>[number];

/** What is embedded of each is its document's title besides: a passage alone seldom says what it is about. */
function passagesOf({ id, contentHash, title, texts, textHashes }: Pending) {
  return texts.map((part, position) => {
    const text = `${title}\n\n${part}`;
    const textHash = hash('sha256', text, 'base64');
    const isKnown = textHashes.get(position) === textHash;
    return { documentId: id, documentHash: contentHash, position, text, textHash, isKnown };
  });
}

const mayBeTheText = (error: unknown): boolean =>
  error instanceof UpstreamFailure && (error.remedy === 'no' || error.code === 'malformed');
