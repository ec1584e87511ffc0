import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tools } from '../../src/contracts/tools.ts';
import { type Library, openLibrary } from '../support/library.ts';

let library: Library;
beforeAll(async () => {
  library = await openLibrary();
});
beforeEach(() => library.clear());
afterAll(() => library.dispose());

const plan = { source: 'file:plan', title: 'The plan', text: 'We open a branch in Lyon.' };

describe('a document', () => {
  it('is there once for its source, whoever puts it and however many at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => library.put(plan)));
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'unchanged')).toHaveLength(7);
    expect([await library.count('documents'), await library.count('passages')]).toEqual([1, 1]);
  });

  it('that says what it said before is not written again', async () => {
    await library.put(plan);
    await library.advance(60_000);
    expect(await library.put(plan)).toBe('unchanged');
    const { documents } = await library.knowledge.list({ limit: 10, offset: 0 });
    expect(documents[0]?.updatedAt).toBe(documents[0]?.createdAt);
  });

  it('that changed is found by its new words and no longer by its old', async () => {
    await library.put(plan);
    const [before] = (await library.knowledge.list({ limit: 10, offset: 0 })).documents;
    expect(await library.put({ ...plan, text: 'We open a branch in Porto.' })).toBe('updated');
    expect([await library.find('Lyon'), await library.find('Porto')]).toEqual([[], ['file:plan']]);
    const [after] = (await library.knowledge.list({ limit: 10, offset: 0 })).documents;
    expect(after).toMatchObject({ id: before?.id, createdAt: before?.createdAt });
  });

  it('comes back word for word, however long, and cut where it is too long', async () => {
    const text = 'Ein Satz mit Umlauten: äöüß 😀. '.repeat(2_500);
    await library.put({ ...plan, text });
    const [row] = (await library.knowledge.list({ limit: 1, offset: 0 })).documents;
    expect((await library.knowledge.get(row?.id ?? '')).text).toBe(text);
    await library.put({ ...plan, text: 'y'.repeat(100_001), title: 'z'.repeat(400) });
    const kept = await library.knowledge.get(row?.id ?? '');
    expect([kept.text.length, kept.title.length]).toEqual([100_000, 300]);
  });

  it('may hold what Postgres cannot', async () => {
    await library.put({ ...plan, title: 'a\u0000b', text: 'Lisbon\ud800 \u0000' });
    expect(await library.find('Lisbon')).toEqual(['file:plan']);
  });

  it('that is removed is found no more, and leaves nothing behind', async () => {
    await library.put(plan);
    const remove = () => library.services.unitOfWork((work) => library.knowledge.removeBySource(work, plan.source));
    expect([await remove(), await remove()]).toEqual([true, false]);
    expect([await library.find('Lyon'), await library.count('passages')]).toEqual([[], 0]);
  });

  it('is written whole or not at all', async () => {
    const failing = library.services.unitOfWork(async (work) => {
      await library.knowledge.put(work, { kind: 'file', owner: null, ...plan });
      throw new Error('killed');
    });
    await expect(failing).rejects.toThrow('killed');
    expect([await library.count('documents'), await library.count('passages')]).toEqual([0, 0]);
  });
});

describe('an indexer', () => {
  const file = (name: string, text = name) => ({
    source: `file:docs/${name}`,
    kind: 'file' as const,
    owner: null,
    title: name,
    text,
  });
  const sync = (...documents: ReturnType<typeof file>[]) => library.knowledge.sync('file', 'file:docs/', documents);

  it('writes what changed, removes what is gone, and leaves alone what is not its own', async () => {
    await library.put({ source: 'file:other/kept', text: 'kept' });
    await library.put({ source: 'file:docs', kind: 'note', text: 'kept too' });
    expect(await sync(file('a'), file('b'), file('c'))).toEqual({ written: 3, removed: 0 });
    expect(await sync(file('a'), file('b', 'new words'))).toEqual({ written: 1, removed: 1 });
    expect(await sync(file('a'), file('b', 'new words'))).toEqual({ written: 0, removed: 0 });
    const { documents } = await library.knowledge.list({ limit: 10, offset: 0 });
    expect(new Set(documents.map(({ source }) => source))).toEqual(
      new Set(['file:docs/a', 'file:docs/b', 'file:other/kept', 'file:docs']),
    );
  });

  it('may be run by two at once, over more than goes into one transaction', async () => {
    const files = Array.from({ length: 120 }, (_, at) => file(`f${at}`));
    await Promise.all([sync(...files), sync(...[...files].reverse())]);
    expect(await library.count('documents')).toBe(120);
  });

  it('cannot write below another’s prefix', async () => {
    await expect(library.knowledge.sync('file', 'file:docs/', [{ ...file('a'), source: 'file:x' }])).rejects.toThrow(
      'file:x is no file below file:docs/',
    );
    expect(await library.count('documents')).toBe(0);
  });

  it('makes no news', async () => {
    await sync(file('a'));
    expect(await library.count('events')).toBe(0);
  });
});

describe('what an agent remembers', () => {
  const remember = (agent: string, key: string, note: string) => library.use(agent, 'remember', { key, note });
  const recall = async (agent: string, query: string, limit?: number) => {
    const { refused, answer } = await library.use(agent, 'recall', { query, ...(limit !== undefined && { limit }) });
    expect(refused, JSON.stringify(answer)).toBe(false);
    // The tool's own schema has checked it.
    return answer as { notes: { key: string }[]; documents: { source: string; snippet: string; id: string }[] };
  };
  const sources = async (agent: string, query: string) =>
    (await recall(agent, query)).documents.map(({ source }) => source);

  it('it finds again by other forms of its words, and reads by its key as before', async () => {
    await remember('cmo', 'suppliers', 'Die Druckereien liefern freitags.');
    const { notes, documents } = await recall('cmo', 'Druckerei');
    expect(documents).toMatchObject([{ source: 'memory:cmo:suppliers', snippet: 'Die Druckereien liefern freitags.' }]);
    expect(notes).toMatchObject([{ key: 'suppliers' }]);
    expect((await recall('cmo', '')).documents).toEqual([]);
  });

  it('is found by nobody else, whatever they ask for', async () => {
    await remember('cmo', 'secret plan', 'The codeword is Rumpelstiltskin.');
    const asked = [
      'Rumpelstiltskin',
      'Rumpelstilskin',
      'secret plan',
      'secrt plan',
      'codeword or nothing',
      'memory:cmo:secret plan',
      'what is the codeword that the cmo keeps',
      '"codeword is"',
      "x') or true --",
    ];
    for (const query of asked) expect(await recall('cto', query)).toEqual({ notes: [], documents: [] });
    expect(await sources('cmo', 'Rumpelstiltskin')).toEqual(['memory:cmo:secret plan']);
  });

  it('cannot be asked for under another’s name: there is no such field', async () => {
    for (const field of ['agent', 'owner', 'reader', 'agentType'])
      expect(await library.use('cto', 'recall', { query: 'x', [field]: 'cmo' })).toMatchObject({
        refused: true,
        answer: { code: 'invalid_request' },
      });
  });

  it('stands beside what is shared, and beside what an operator wrote for that agent alone', async () => {
    await remember('cmo', 'printing', 'Ask for the matt paper.');
    await library.put({
      source: 'decision:dec_1',
      kind: 'decision',
      title: 'Printing',
      text: 'We print on recycled paper.',
    });
    await library.put({
      source: 'note:n1',
      kind: 'note',
      owner: 'cmo',
      title: 'For you',
      text: 'The paper budget is 500.',
    });
    await library.put({
      source: 'note:n2',
      kind: 'note',
      owner: 'cfo',
      title: 'For the CFO',
      text: 'The paper mill is for sale.',
    });
    const shared = ['decision:dec_1'];
    expect(new Set(await sources('cmo', 'paper'))).toEqual(new Set([...shared, 'memory:cmo:printing', 'note:n1']));
    expect(new Set(await sources('cfo', 'paper'))).toEqual(new Set([...shared, 'note:n2']));
    expect(await sources('cto', 'paper')).toEqual(shared);
  });

  it('is not pushed out of its own sight by what others remember of the same', async () => {
    await remember('cmo', 'mine', 'The harbour is closed.');
    for (let count = 0; count < 40; count += 1) {
      await library.advance(1_000);
      await library.put({
        source: `memory:cto:${count}`,
        kind: 'memory',
        owner: 'cto',
        text: 'The harbour is closed.',
      });
    }
    expect(await sources('cmo', 'harbour')).toEqual(['memory:cmo:mine']);
  });

  it('is bounded: one more is refused with the eldest named, also of many at once; changing and forgetting goes on', async () => {
    const settings = { category: 'memory', key: 'notes_per_agent', value: 3 };
    await library.services.unitOfWork((work) =>
      library.services.settings.change(work, { name: 'operator:anna', agentId: null }, settings),
    );
    await remember('cmo', 'eldest', 'one');
    await library.advance(1_000);
    const asked = await Promise.all(['a', 'b', 'c', 'd'].map((key) => remember('cmo', key, key)));
    expect(asked.filter(({ refused }) => !refused)).toHaveLength(2);
    expect(await remember('cmo', 'more', 'x')).toMatchObject({
      refused: true,
      answer: { code: 'notes_full', detail: expect.stringMatching(/3 is the limit.*longest: "eldest"/) },
    });
    expect((await remember('cmo', 'eldest', 'two')).refused).toBe(false);
    expect((await remember('cfo', 'more', 'x')).refused).toBe(false);
    await remember('cmo', 'eldest', '');
    expect((await remember('cmo', 'more', 'x')).refused).toBe(false);
  });

  it('is forgotten everywhere at once', async () => {
    await remember('cmo', 'k', 'Marzipan');
    await remember('cmo', 'k', 'Nougat');
    expect([await sources('cmo', 'Marzipan'), await sources('cmo', 'Nougat')]).toEqual([[], ['memory:cmo:k']]);
    await remember('cmo', 'k', '');
    expect([await sources('cmo', 'Nougat'), await library.count('documents')]).toEqual([[], 0]);
  });

  it('is recalled within bounds, however much there is', async () => {
    await Promise.all(
      Array.from({ length: 30 }, (_, at) =>
        library.put({ source: `file:${at}`, text: `lighthouse ${'and more words '.repeat(400)}` }),
      ),
    );
    const { documents } = await recall('cmo', 'lighthouse', 50);
    expect(documents).toHaveLength(10);
    for (const { snippet } of documents) expect(snippet.length).toBeLessThanOrEqual(600);
  });
});

describe('a document that an agent reads whole', () => {
  const idOf = async (query: string) => (await library.knowledge.searchAll({ query, limit: 1 })).results[0]?.id ?? '';
  const read = (agent: string, documentId: string, offset?: number) =>
    library.use(agent, 'read_document', { documentId, ...(offset !== undefined && { offset }) });

  it('comes in parts that are its text when put together, however long it is', async () => {
    const text = `lighthouse ${'🦊 and more words. '.repeat(3_000)}`;
    await library.put({ source: 'file:long', title: 'Long', text });
    const id = await idOf('lighthouse');
    let whole = '';
    for (let offset: number | null = 0; offset !== null; ) {
      const { refused, answer } = await read('cmo', id, offset);
      expect(refused).toBe(false);
      const { document } = tools.read_document.output.parse(answer);
      expect(document).toMatchObject({ id, title: 'Long', source: 'file:long', agent: null, offset });
      expect(document.text.length).toBeLessThanOrEqual(16_000);
      whole += document.text;
      offset = document.nextOffset;
    }
    expect(whole).toBe(text);
  });

  it('is its own or shared: of another’s it is told what it is told of none', async () => {
    await library.use('cmo', 'remember', { key: 'plan', note: 'The codeword is Rumpelstiltskin.' });
    const id = await idOf('Rumpelstiltskin');
    expect((await read('cmo', id)).refused).toBe(false);
    const nobodys = 'doc_01h455vb4pex5vsknk084sn02q';
    for (const asked of [id, nobodys])
      expect(await read('cfo', asked)).toEqual({
        refused: true,
        answer: expect.objectContaining({ code: 'document_not_found', detail: `There is no document ${asked}` }),
      });
  });
});
