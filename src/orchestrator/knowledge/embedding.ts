import { hash } from 'node:crypto';
import type { EmbedTexts } from '../models/embed.ts';
import { UpstreamFailure } from '../models/failure.ts';
import type { Clock } from '../platform/clock.ts';
import { type Postgres, sqlState } from '../platform/postgres.ts';
import { Elsewhere, type Exclusively } from './exclusively.ts';
import { ourselves } from './payer.ts';
import { dropOthers, ensureExtension, findSpace, type Maker, NoVectors, openSpace, type Space } from './spaces.ts';
import { documents as documentsTable } from './tables.ts';
import { countPending, type Embedded, findPending, keepEmbedded, type Pending } from './vector-store.ts';
import { intoCalls, literalOf, unitOf } from './vectors.ts';

interface Deps {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly embedTexts: EmbedTexts;
  /** What is wanted now, as it stands in the database; an empty model: none. */
  readonly maker: () => Promise<Maker>;
  /** Over all replicas: a passage that two embed at once is paid for twice. */
  readonly exclusively: Exclusively;
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
  override readonly name: string = 'NoAnswer';
}

class OtherLength extends NoAnswer {
  override readonly name = 'OtherLength';
}

/** Few enough that a kill in the middle costs little. */
const documentsAtOnce = 16;
/** Tells how long a model's vectors are, and that it answers at all. */
const sample = 'Boardroom';

/** Brings the vectors in step with the documents, a few at a time: cut off anywhere, the next run goes on. */
export function createEmbedding({ postgres, clock, embedTexts, maker: wanted, exclusively }: Deps) {
  const { db } = postgres;

  const isWanted = async ({ model, documentPrefix }: Maker): Promise<boolean> => {
    const now = await wanted();
    return now.model === model && now.documentPrefix === documentPrefix;
  };

  async function vectorsOf({ model, documentPrefix }: Maker, texts: readonly string[], signal: AbortSignal) {
    const prefixed = texts.map((text) => documentPrefix + text);
    const vectors = await embedTexts({ model, texts: prefixed, payer: ourselves, signal });
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
    const { maker, space, signal } = at;
    try {
      const vectors = await vectorsOf(maker, texts, signal);
      const [{ length } = []] = vectors;
      if (length === space.dimensions) return vectors.map(literalOf);
      throw new OtherLength(`${maker.model} answered with ${length} numbers a text instead of ${space.dimensions}`);
    } catch (error) {
      if (error instanceof OtherLength) throw error;
      if (!mayBeTheText(error)) return orWait(Promise.reject(error), signal);
      if (texts.length > 1) {
        const half = Math.ceil(texts.length / 2);
        return [...(await embedCall(texts.slice(0, half), at)), ...(await embedCall(texts.slice(half), at))];
      }
      // It is the text, if the model takes another.
      await orWait(vectorsOf(maker, [sample], signal), signal);
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

  async function makeSpace(maker: Maker, signal: AbortSignal): Promise<Space> {
    await ensureExtension(postgres);
    const [{ length } = []] = await orWait(vectorsOf(maker, [sample], signal), signal);
    return openSpace(postgres, { maker, dimensions: length, now: clock.now() });
  }

  async function fill(at: At, done: Tally): Promise<void> {
    let before: string | undefined;
    while (await isWanted(at.maker)) {
      at.signal.throwIfAborted();
      const some = await findPending(db, at.space, { before, limit: documentsAtOnce });
      if (some.length > 0) await embedAll(some, at);
      done.documents += some.length;
      before = some.at(-1)?.id;
      if (some.length < documentsAtOnce) return;
    }
  }

  /** A model that is served with vectors of another length from now on gets a new place for them. */
  async function fillWhatFits(at: At, done: Tally): Promise<void> {
    try {
      await fill(at, done);
    } catch (error) {
      if (!(error instanceof OtherLength)) throw error;
      const space = await makeSpace(at.maker, at.signal);
      if (space.id === at.space.id) throw error;
      await fill({ ...at, space }, done);
    }
  }

  async function waitingFor(maker: Maker): Promise<number> {
    const space = await findSpace(db, maker);
    return space ? countPending(db, space) : db.$count(documentsTable);
  }

  async function finish(maker: Maker): Promise<number> {
    const space = await findSpace(db, maker);
    const waiting = space ? await countPending(db, space) : 0;
    if (space && waiting === 0) await dropOthers(postgres, space, () => isWanted(maker));
    return waiting;
  }

  return async (given: AbortSignal): Promise<EmbeddingOutcome> => {
    const maker = await wanted();
    const done: Tally = { documents: 0 };
    try {
      if (maker.model === '') return { embedded: 0, waiting: 0 };
      const known = await findSpace(db, maker);
      if (!known || (await countPending(db, known)) > 0)
        await exclusively(JSON.stringify(maker), given, async (signal) => {
          const space = known ?? (await makeSpace(maker, signal));
          await fillWhatFits({ maker, space, signal }, done);
        });
      return { embedded: done.documents, waiting: await finish(maker) };
    } catch (error) {
      // Another replica, with another model, has finished meanwhile and removed the table.
      if (sqlState(error) === '42P01') return { embedded: done.documents, waiting: 0 };
      if (!(error instanceof NoAnswer || error instanceof NoVectors || error instanceof Elsewhere)) throw error;
      return { embedded: done.documents, waiting: await waitingFor(maker), because: error.message };
    }
  };
}

interface At {
  readonly maker: Maker;
  readonly space: Space;
  readonly signal: AbortSignal;
}

/** Counted while it is done: a run that is cut short has done something, too. */
interface Tally {
  documents: number;
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
