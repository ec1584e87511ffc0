import { hash } from 'node:crypto';
import { AppError } from '../../contracts/errors.ts';
import {
  type Document,
  type DocumentKind,
  type DocumentPage,
  type DocumentSummary,
  documentTextMax,
  documentTitleMax,
  type Finding,
} from '../../contracts/knowledge.ts';
import type { Actor, UnitOfWork, Work } from '../events/work.ts';
import type { Clock } from '../platform/clock.ts';
import type { Chance } from '../platform/identity.ts';
import { iso } from '../platform/iso.ts';
import type { Postgres, Queryable } from '../platform/postgres.ts';
import { cut, differences, partOf, storable } from './rules.ts';
import { createSearch, type Question } from './search.ts';
import {
  type DocumentQuery,
  type DocumentRow,
  findDocument,
  listDocuments,
  lockDocument,
  removeDocuments,
  replacePassages,
  stampsOf,
  upsertDocument,
} from './store.ts';

export type KnowledgeService = ReturnType<typeof createKnowledgeService>;

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly isAgent: (name: string) => boolean;
  /** After a commit that wrote documents: a hint. */
  readonly onWritten: () => void;
}

/** A document as whoever indexes hands it in. What is too long is cut off, what cannot be stored is left out. */
export interface NewDocument {
  /** What it was made from, unique: `decision:dec_…`, `file:docs/plan.md`. At most 500 characters. */
  readonly source: string;
  readonly kind: DocumentKind;
  /** The only agent that may find it; null: all may. */
  readonly owner: string | null;
  readonly title: string;
  readonly text: string;
  /** When what it tells was so, in milliseconds since 1970; unset: now. */
  readonly at?: number | undefined;
}

type Outcome = 'created' | 'updated' | 'unchanged';

const writtenAtOnce = 50;
const removedAtOnce = 500;

/** What the team knows: documents, kept in step with what they were made from, and found by their words. */
export function createKnowledgeService({ postgres, unitOfWork, clock, chance, isAgent, onWritten }: Deps) {
  const { db } = postgres;
  const search = createSearch();

  async function put(work: Work, given: NewDocument, id = chance.id('doc')) {
    const document = fitted(given);
    const { text, at = work.now, ...rest } = document;
    const row = { ...rest, id, contentHash: hashOf(document), createdAt: at, updatedAt: at };
    const saved = await upsertDocument(work.tx, row);
    if (!saved) return { outcome: 'unchanged' as Outcome };
    await replacePassages(work.tx, { ...row, id: saved.id }, cut(text));
    work.afterCommit(onWritten);
    return { outcome: (saved.isNew ? 'created' : 'updated') as Outcome };
  }

  async function lockNote(work: Work, id: string): Promise<DocumentRow> {
    const row = await lockDocument(work.tx, id);
    if (!row) throw missing(id);
    if (row.kind === 'note') return row;
    throw new AppError('document_follows_source', `This document was made from ${row.source}: change that instead`);
  }

  async function get(from: Queryable, id: string, reader: string | null = null): Promise<Document> {
    const row = await findDocument(from, id, reader);
    if (!row) throw missing(id);
    return { ...toSummary(row), text: row.text };
  }

  return {
    /** Writes nothing when the source stands there with this content already. */
    put: async (work: Work, document: NewDocument): Promise<Outcome> => (await put(work, document)).outcome,

    /** False when there was none. */
    removeBySource: async (work: Work, source: string): Promise<boolean> =>
      (await removeDocuments(work.tx, [source])) === 1,

    /**
     * Brings all documents of a kind whose sources begin with `prefix` in step with these: writes what changed, removes what
     * is gone. In several transactions, so that nobody has to wait for a long one; killed in between, the next run goes on.
     */
    async sync(kind: DocumentKind, prefix: string, documents: readonly NewDocument[]) {
      const stray = documents.find((each) => each.kind !== kind || !each.source.startsWith(prefix));
      if (stray) throw new Error(`${stray.source} is no ${kind} below ${prefix}`);
      const wanted = documents.map((each) => ({ ...fitted(each), contentHash: hashOf(fitted(each)) }));
      const { changed, gone } = differences(await stampsOf(db, kind, prefix), wanted);
      for (const part of inParts(changed, writtenAtOnce)) {
        await unitOfWork(async (work) => {
          for (const { contentHash: _, ...document } of part) await put(work, document);
        });
      }
      for (const part of inParts(gone, removedAtOnce)) await unitOfWork((work) => removeDocuments(work.tx, part));
      return { written: changed.length, removed: gone.length };
    },

    search: (reader: Queryable, question: Omit<Question, 'now'>): Promise<Finding[]> =>
      search(reader, { ...question, now: clock.now() }),

    searchAll: async (question: Omit<Question, 'now' | 'reader' | 'snippetMax'>) => ({
      results: await search(db, { ...question, reader: null, snippetMax: operatorsSnippetMax, now: clock.now() }),
    }),

    get: (id: string): Promise<Document> => get(db, id),

    /** For an agent: of what is another's it is told that it is not there. */
    async readPart(
      from: Queryable,
      reader: string,
      { id, offset, charactersMax }: { id: string; offset: number; charactersMax: number },
    ): Promise<DocumentPage> {
      const { text, ...document } = await get(from, id, reader);
      return { ...document, offset, ...partOf(text, offset, charactersMax) };
    },

    async list(query: DocumentQuery) {
      const { rows, total } = await listDocuments(db, query);
      return { documents: rows.map(toSummary), total, limit: query.limit, offset: query.offset };
    },

    addNote: (actor: Actor, note: { title: string; text: string; agent?: string | undefined }): Promise<Document> =>
      unitOfWork(async (work) => {
        const { agent: owner = null, title, text } = note;
        if (owner !== null && !isAgent(owner)) throw new AppError('agent_not_found', `There is no agent "${owner}"`);
        const id = chance.id('doc');
        await put(work, { source: `note:${id}`, kind: 'note', owner, title, text }, id);
        const document = await get(work.tx, id);
        work.append(actor, 'document_created', named(document));
        return document;
      }),

    changeNote: (
      actor: Actor,
      id: string,
      change: { title?: string | undefined; text?: string | undefined },
    ): Promise<Document> =>
      unitOfWork(async (work) => {
        const row = await lockNote(work, id);
        const before = await get(work.tx, id);
        const { title = before.title, text = before.text } = change;
        const { outcome } = await put(work, { source: row.source, kind: 'note', owner: row.owner, title, text });
        const document = await get(work.tx, id);
        if (outcome !== 'unchanged') work.append(actor, 'document_updated', named(document));
        return document;
      }),

    removeNote: (actor: Actor, id: string): Promise<void> =>
      unitOfWork(async (work) => {
        const row = await lockNote(work, id);
        await removeDocuments(work.tx, [row.source]);
        work.append(actor, 'document_removed', named(toSummary(row)));
      }),
  };
}

const operatorsSnippetMax = 300;
const sourceMax = 500;

const fitted = (document: NewDocument): NewDocument => ({
  ...document,
  source: storable(document.source, sourceMax),
  title: storable(document.title, documentTitleMax),
  text: storable(document.text, documentTextMax),
});

/** Of all that is found by and shown; when it was so does not count, else an indexer's every run would write all anew. */
const hashOf = ({ kind, owner, title, text }: NewDocument): string =>
  hash('sha256', JSON.stringify([kind, owner, title, text]), 'hex');

const missing = (id: string) => new AppError('document_not_found', `There is no document ${id}`);

function inParts<T>(all: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < all.length; at += size) parts.push(all.slice(at, at + size));
  return parts;
}

const toSummary = ({ id, title, kind, source, owner, createdAt, updatedAt }: DocumentRow): DocumentSummary => ({
  id,
  title,
  kind,
  source,
  agent: owner,
  createdAt: iso(createdAt),
  updatedAt: iso(updatedAt),
});

const named = ({ id, title, kind, source, agent }: DocumentSummary) => ({
  documentId: id,
  title,
  kind,
  source,
  owner: agent,
});
