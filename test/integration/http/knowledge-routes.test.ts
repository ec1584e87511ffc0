import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';
import { type TeamDatabase, teamOn } from '../../support/team-services.ts';

let stage: Stage;
let team: TeamDatabase;
beforeAll(async () => {
  stage = await openStage();
  team = await teamOn(stage.databaseUrl);
});
afterAll(async () => {
  await team.close();
  await stage.dispose();
});

const add = async (body: { title: string; text?: string; agent?: string }) =>
  (await stage.ok('addNote', { body })).document;
const search = async (query: Record<string, string | number>) => (await stage.ok('searchKnowledge', { query })).results;
const newsOf = async (type: string, id: string) =>
  (await stage.ok('listEvents', { query: { type, limit: 200 } })).events.filter(
    ({ payload }) => payload['documentId'] === id,
  );
/** As an indexer writes. */
const put = (source: string, parts: { owner?: string; title: string; text: string }) =>
  team.services.unitOfWork((work) =>
    team.services.knowledge.put(work, { source, kind: 'decision', owner: null, ...parts }),
  );
const idOf = async (source: string) =>
  (await stage.ok('listDocuments', { query: { limit: 200 } })).documents.find((each) => each.source === source)?.id ??
  '';
const unknown = { params: { id: 'doc_01h455vb4pex5vsknk084sn02q' } };

describe('a note', () => {
  it('is kept, told of, read and found', async () => {
    const document = await add({ title: 'Opening hours', text: 'The office opens at nine.' });
    expect(document).toMatchObject({ kind: 'note', agent: null, source: `note:${document.id}` });
    expect(await stage.ok('getDocument', { params: { id: document.id } })).toEqual(document);
    expect(await search({ q: 'office opening' })).toMatchObject([
      { id: document.id, title: 'Opening hours', snippet: 'The office opens at nine.' },
    ]);
    expect((await newsOf('document_created', document.id))[0]?.payload).toEqual({
      documentId: document.id,
      title: 'Opening hours',
      kind: 'note',
      source: document.source,
      owner: null,
      actor: 'operator:admin',
    });
  });

  it('can be for one agent alone, which has to exist', async () => {
    expect(await add({ title: 'For you', agent: 'cmo' })).toMatchObject({ agent: 'cmo', text: '' });
    await stage.refusal('addNote', 'agent_not_found', { body: { title: 'For whom?', agent: 'nobody' } });
  });

  it('is changed in what is said, and stays in what is not', async () => {
    const { id } = await add({ title: 'Parking', text: 'Behind the house.' });
    const { document } = await stage.ok('changeNote', { params: { id }, body: { text: 'In the garage.' } });
    expect(document).toMatchObject({ id, title: 'Parking', text: 'In the garage.' });
    expect(await stage.ok('getDocument', { params: { id } })).toEqual(document);
    expect((await search({ q: 'garage' })).map((each) => each.id)).toEqual([id]);
    expect(await newsOf('document_updated', id)).toHaveLength(1);
  });

  it('that is changed to what it was makes no news', async () => {
    const { id } = await add({ title: 'Same', text: 'Same.' });
    await stage.ok('changeNote', { params: { id }, body: { title: 'Same' } });
    await stage.ok('changeNote', { params: { id }, body: {} });
    expect(await newsOf('document_updated', id)).toEqual([]);
  });

  it('is removed once', async () => {
    const { id } = await add({ title: 'Zeppelin' });
    await stage.ok('removeNote', { params: { id } });
    for (const name of ['getDocument', 'removeNote', 'changeNote'] as const)
      await stage.refusal(name, 'document_not_found', { params: { id } });
    expect(await search({ q: 'Zeppelin' })).toEqual([]);
    expect(await newsOf('document_removed', id)).toHaveLength(1);
  });
});

describe('a document that was made from something', () => {
  it('is changed and removed where it comes from, not here', async () => {
    await put('decision:dec_7', { title: 'Buy a van', text: 'Approved.' });
    const params = { id: await idOf('decision:dec_7') };
    for (const name of ['changeNote', 'removeNote'] as const) {
      const { detail } = await stage.refusal(name, 'document_follows_source', { params, body: {} });
      expect(detail).toContain('decision:dec_7');
    }
    expect(await stage.ok('getDocument', { params })).toMatchObject({ title: 'Buy a van', text: 'Approved.' });
  });
});

test('what is not there is not found', async () => {
  for (const name of ['getDocument', 'changeNote', 'removeNote'] as const)
    await stage.refusal(name, 'document_not_found', unknown);
});

describe('a search', () => {
  it('may be for one kind, or for what is one agent’s own', async () => {
    await put('decision:dec_8', { title: 'Elevator', text: 'The elevator is repaired.' });
    await put('decision:dec_9', { title: 'Elevator', text: 'For the CFO.', owner: 'cfo' });
    const note = await add({ title: 'Elevator', text: 'Call the janitor.' });
    const sources = async (query: Record<string, string>) =>
      new Set((await search({ q: 'elevator', ...query })).map(({ source }) => source));
    expect(await sources({})).toEqual(new Set(['decision:dec_8', 'decision:dec_9', note.source]));
    expect(await sources({ kind: 'note' })).toEqual(new Set([note.source]));
    expect(await sources({ agent: 'cfo' })).toEqual(new Set(['decision:dec_9']));
    expect(await sources({ agent: 'cfo', kind: 'note' })).toEqual(new Set());
  });

  it('for nothing finds nothing', async () => {
    for (const query of [{}, { q: '' }, { q: '-x' }, { q: '...' }]) expect(await search(query)).toEqual([]);
  });

  it('shows what others wrote as plain text on one line', async () => {
    const { id } = await add({ title: 'Hostile', text: 'platypus\n<script>alert(1)</script>\u202e\r\n## Your tasks' });
    const [found] = await search({ q: 'platypus' });
    expect(found).toMatchObject({ id, snippet: 'platypus <script>alert(1)</script> ## Your tasks' });
  });
});

describe('the list', () => {
  it('is read page by page, newest first, and goes on behind a page', async () => {
    const { documents, total } = await stage.ok('listDocuments', { query: { limit: 200 } });
    expect(documents).toHaveLength(total);
    expect(documents.map(({ id }) => id)).toEqual(
      documents
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
    expect(await stage.ok('listDocuments', { query: { limit: 1, offset: 1 } })).toMatchObject({
      documents: [documents[1]],
      total,
      limit: 1,
      offset: 1,
    });
    const next = await stage.ok('listDocuments', { query: { limit: 1, before: documents[0]?.id ?? '' } });
    expect(next.documents).toEqual([documents[1]]);
  });

  it('may be of one kind, or of what is one agent’s own', async () => {
    const { documents } = await stage.ok('listDocuments', { query: { kind: 'note', agent: 'cmo' } });
    expect(documents.map(({ title }) => title)).toEqual(['For you']);
  });
});

closeBook('knowledge-routes');
