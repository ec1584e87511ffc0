import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPostgres } from '../../src/orchestrator/platform/postgres.ts';
import { createDatabase, testLimits } from '../support/database.ts';
import { type EmbeddingProvider, startEmbeddingProvider } from '../support/embedding-provider.ts';
import { eventually } from '../support/eventually.ts';
import { type Library, openLibrary } from '../support/library.ts';
import { openMeaning } from '../support/meaning.ts';
import { describeVectors, startVectorPostgres } from '../support/vector-postgres.ts';

const model = 'openai/words-64';
const never = new AbortController().signal;

describeVectors('search by meaning', () => {
  let server: Awaited<ReturnType<typeof startVectorPostgres>>;
  let provider: EmbeddingProvider;
  let library: Library;

  beforeAll(async () => {
    server = await startVectorPostgres();
  });
  beforeEach(async () => {
    provider = await startEmbeddingProvider();
    library = await openLibrary(await createDatabase(server.url), { openai: { baseUrl: provider.url, key: 'sk-x' } });
    await library.meaning.set('knowledge', 'embedding_model', model);
  });
  afterEach(async () => {
    await library.dispose();
    await provider.close();
  });
  afterAll(() => server.stop());

  const refresh = () => library.meaning.refresh(never);
  const lease = { source: 'file:lease', title: 'Mietvertrag', text: 'Der Vermieter nimmt Kündigungen schriftlich an.' };
  const ships = { source: 'file:ships', title: 'Harbour', text: 'Three ships lie in the harbour.' };
  const rows = async <T extends object>(query: string) =>
    (await library.postgres.db.execute(sql.raw(query))).rows as unknown as T[];
  const tables = async () =>
    (
      await rows<{ name: string }>(
        `select tablename as name from pg_tables where tablename like 'passage_vectors%' order by 1`,
      )
    ).map(({ name }) => name);
  const vectors = async (where = 'true') =>
    (await rows<{ id: string }>(`select document_id || ' ' || position as id from passage_vectors_1 where ${where}`))
      .length;
  const write = (count: number) =>
    library.services.unitOfWork(async (work) => {
      for (let at = 0; at < count; at += 1)
        await library.knowledge.put(work, {
          source: `file:${at}`,
          kind: 'file',
          owner: null,
          title: `Number ${at}`,
          text: '',
        });
    });

  it('finds what says the same in other words, which no word finds', async () => {
    await library.put(lease);
    await library.put(ships);
    expect(await library.find('how do we quit our tenancy')).toEqual([]);
    expect(await refresh()).toEqual({ embedded: 2, waiting: 0 });
    expect(await library.find('how do we quit our tenancy')).toEqual(['file:lease']);
    expect(library.meaning.errors).toEqual([]);
  });

  it('puts what is found both ways before what is found one way', async () => {
    await library.put({
      source: 'file:words',
      title: 'Words',
      text: `The cancellation of ${'xylophones '.repeat(40)}`,
    });
    await library.put({
      source: 'file:both',
      title: 'Both',
      text: 'Terminating a lease: the cancellation needs notice.',
    });
    await library.put({ source: 'file:meaning', title: 'Meaning', text: 'Kündigungen nimmt der Vermieter an.' });
    await refresh();
    const found = await library.find('cancellation');
    expect(found[0]).toBe('file:both');
    expect(new Set(found)).toEqual(new Set(['file:both', 'file:words', 'file:meaning']));
  });

  it('leaves out what is less alike than the setting asks for', async () => {
    await library.put(lease);
    await refresh();
    await library.meaning.set('knowledge', 'similarity_min', 0.999);
    expect(await library.find('how do we quit our tenancy')).toEqual([]);
  });

  it('counts the new more than the old where both mean the same', async () => {
    await library.put({ ...lease, source: 'file:old' });
    await library.advance(400 * 86_400_000);
    await library.put({ ...lease, source: 'file:new' });
    await refresh();
    expect(await library.find('how do we quit our tenancy')).toEqual(['file:new', 'file:old']);
  });

  it('shows an agent what is shared and its own, and nothing else, however near', async () => {
    const remembered = { ...lease, kind: 'memory' as const };
    await library.put({ ...remembered, source: 'memory:cmo:x', owner: 'cmo' });
    await library.put({ ...remembered, source: 'memory:cto:x', owner: 'cto' });
    await library.put({ ...lease, text: 'Der Vermieter kündigt.' });
    await refresh();
    const recall = async (agent: string) => {
      const { answer } = await library.use(agent, 'recall', { query: 'how do we quit our tenancy' });
      return new Set((answer as { documents: { source: string }[] }).documents.map(({ source }) => source));
    };
    expect(await recall('cmo')).toEqual(new Set(['memory:cmo:x', 'file:lease']));
    expect(await recall('cto')).toEqual(new Set(['memory:cto:x', 'file:lease']));
    expect(await recall('ceo')).toEqual(new Set(['file:lease']));
  });

  it('obeys at once when a document becomes another’s, before its vectors are renewed', async () => {
    await library.put(lease);
    await refresh();
    await library.put({ ...lease, owner: 'cto' });
    const ask = { query: 'how do we quit our tenancy', reader: 'cmo', limit: 10 };
    const caller = { actor: { name: 'cmo', agentId: 'agt_cmo' }, instanceId: 'ins_cmo' };
    expect(await library.meaning.find(ask, caller)).toEqual([]);
    const { length } = provider.requests;
    await refresh();
    expect(await library.meaning.find(ask, caller)).toEqual([]);
    expect(await library.meaning.find({ ...ask, reader: 'cto' }, caller)).toHaveLength(1);
    // The text is the same, and the model is asked for nothing.
    expect(provider.requests).toHaveLength(length);
  });

  it('does not find a document by what it said before it changed', async () => {
    await library.put(lease);
    await refresh();
    await library.put({ ...lease, title: 'Harbour', text: 'Three ships.' });
    expect(await library.find('how do we quit our tenancy')).toEqual([]);
  });

  it('embeds again only the passages that changed, and forgets what is gone', async () => {
    const [start, end] = ['The beginning. '.repeat(60), 'The end. '.repeat(100)];
    await library.put({ ...ships, text: `${start}${end}` });
    await library.put(lease);
    await refresh();
    const before = await vectors();
    expect(before).toBeGreaterThan(2);
    const { length } = provider.texts();
    await library.put({ ...ships, text: `${start}${end}Changed.` });
    await refresh();
    const sent = provider.texts().slice(length);
    expect(sent).toEqual([expect.stringContaining('Changed.')]);
    await library.put({ ...ships, text: start.slice(0, 300) });
    await refresh();
    expect(await vectors()).toBe(2);
    await library.services.unitOfWork((work) => library.knowledge.removeBySource(work, lease.source));
    expect(await vectors()).toBe(1);
  });

  it('asks the model for nothing when nothing is new', async () => {
    await library.put(lease);
    await refresh();
    const { length } = provider.requests;
    expect(await refresh()).toEqual({ embedded: 0, waiting: 0 });
    expect(provider.requests).toHaveLength(length);
  });

  it('goes on where it was cut off, and pays for little twice', async () => {
    await write(60);
    const killed = new AbortController();
    provider.onRequest(() => void (provider.requests.length === 4 && killed.abort(new Error('killed'))));
    await expect(library.meaning.refresh(killed.signal)).rejects.toThrow('killed');
    const kept = await vectors();
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(60);
    const { length } = provider.texts();
    expect(await refresh()).toEqual({ embedded: 60 - kept, waiting: 0 });
    expect(provider.texts().length - length).toBe(60 - kept);
  });

  it('may be refreshed by two replicas at once that find neither extension nor table, and pays for nothing twice', async () => {
    await write(40);
    const second = await openMeaning({ ...library, providers: { openai: { baseUrl: provider.url, key: 'sk-x' } } });
    const outcomes = await Promise.all([refresh(), second.refresh(never)]);
    expect(outcomes.map(({ embedded }) => embedded).toSorted((a, b) => a - b)).toEqual([0, 40]);
    // The sample besides.
    expect(provider.texts()).toHaveLength(41);
    expect([await vectors(), await tables()]).toEqual([40, ['passage_vectors_1']]);
    await second.close();
  });

  it('keeps nothing of a document that changed or went while it was embedded', async () => {
    await library.put(lease);
    await library.put(ships);
    let isFirst = true;
    provider.onRequest(async () => {
      if (!isFirst || !provider.texts().some((text) => text.includes('Vermieter'))) return;
      isFirst = false;
      await library.put({ ...lease, text: 'Something else.' });
      await library.services.unitOfWork((work) => library.knowledge.removeBySource(work, ships.source));
    });
    expect(await refresh()).toMatchObject({ waiting: 1 });
    expect(await vectors()).toBe(0);
    expect(await refresh()).toEqual({ embedded: 1, waiting: 0 });
  });

  it('embeds all anew for another model, and mixes the two nowhere', async () => {
    await library.put(lease);
    await refresh();
    await library.meaning.set('knowledge', 'embedding_model', 'openai/words-32');
    // Nothing is embedded with it yet: the old vectors are no answer.
    expect(await library.find('how do we quit our tenancy')).toEqual([]);
    expect(await refresh()).toEqual({ embedded: 1, waiting: 0 });
    expect(await library.find('how do we quit our tenancy')).toEqual(['file:lease']);
    expect(await tables()).toEqual(['passage_vectors_2']);
  });

  it('says of documents and of questions what the model wants to hear before each', async () => {
    await library.meaning.set('knowledge', 'embedding_document_prefix', 'passage: ');
    await library.meaning.set('knowledge', 'embedding_query_prefix', 'query: ');
    await library.put(lease);
    await refresh();
    expect(await library.find('who may quit')).toEqual(['file:lease']);
    const [, document, question] = provider.texts();
    expect([document, question]).toEqual([`passage: ${lease.title}\n\n${lease.text}`, 'query: who may quit']);
  });

  it('asks anew, of what it was asked before, when the prefix of questions is another', async () => {
    await library.put(lease);
    await refresh();
    await library.find('who may quit');
    await library.meaning.set('knowledge', 'embedding_query_prefix', 'query: ');
    await library.find('who may quit');
    expect(provider.texts().slice(-2)).toEqual(['who may quit', 'query: who may quit']);
    expect(await tables()).toEqual(['passage_vectors_1']);
  });

  it('embeds all anew for another prefix of documents, and mixes the two nowhere', async () => {
    await library.put(lease);
    await refresh();
    await library.meaning.set('knowledge', 'embedding_document_prefix', 'passage: ');
    expect(await library.find('how do we quit our tenancy')).toEqual([]);
    expect(await refresh()).toEqual({ embedded: 1, waiting: 0 });
    expect(provider.texts().at(-1)).toMatch(/^passage: Mietvertrag/);
    expect(await library.find('how do we quit our tenancy')).toEqual(['file:lease']);
    expect(await tables()).toEqual(['passage_vectors_2']);
  });

  it('gives way to a model that is wanted instead, and that another replica has finished meanwhile', async () => {
    await write(40);
    const other = await openMeaning({ ...library, providers: { openai: { baseUrl: provider.url, key: 'sk-x' } } });
    let changed: Promise<unknown> | undefined;
    provider.onRequest(async () => {
      if (provider.requests.length !== 2) return;
      changed = library.meaning.set('knowledge', 'embedding_model', 'openai/words-32').then(() => other.refresh(never));
      await changed;
    });
    await refresh();
    expect(await changed).toEqual({ embedded: 40, waiting: 0 });
    expect(await tables()).toEqual(['passage_vectors_2']);
    await other.close();
  });

  it('removes nothing of a model that is wanted instead, and only half done', async () => {
    await write(1);
    const other = await openMeaning({ ...library, providers: { openai: { baseUrl: provider.url, key: 'sk-x' } } });
    const killed = new AbortController();
    provider.onRequest(async () => {
      // The other's documents, after its sample.
      if (provider.requests.length === 4) killed.abort(new Error('killed'));
      if (provider.requests.length !== 2) return;
      await library.meaning.set('knowledge', 'embedding_model', 'openai/words-32');
      await expect(other.refresh(killed.signal)).rejects.toThrow('killed');
    });
    expect(await refresh()).toEqual({ embedded: 1, waiting: 0 });
    expect(await tables()).toEqual(['passage_vectors_1', 'passage_vectors_2']);
    await other.close();
  });

  it('makes a new place when the same model answers with vectors of another length', async () => {
    await library.put(lease);
    await refresh();
    await rows('update embedding_spaces set dimensions = 16');
    await library.put(ships);
    expect(await refresh()).toEqual({ embedded: 2, waiting: 0 });
    expect(await library.find('how do we quit our tenancy')).toEqual(['file:lease']);
    expect(await tables()).toEqual(['passage_vectors_2']);
  });

  it.each([
    ['is down', () => provider.go('down'), 'openai answered 500'],
    ['asks for fewer calls', () => provider.script(...limits), 'openai asks for fewer calls'],
    ['hangs', () => provider.script({ kind: 'hang' }, { kind: 'hang' }, { kind: 'hang' }), 'did not answer in time'],
    ['does not accept our key', () => provider.script({ kind: 'status', status: 401 }), 'does not accept our key'],
    [
      'answers with no JSON',
      () => provider.script({ kind: 'text', text: '{"data":[{"embedding":[NaN]}]}' }),
      'no JSON',
    ],
    ['leaves a vector out', () => provider.script({ kind: 'short' }), 'other than 1 vectors'],
    [
      'answers with null for a number',
      () => provider.script({ kind: 'vector', vector: [null, 1] }),
      'other than 1 vectors',
    ],
    ['answers with words', () => provider.script({ kind: 'vector', vector: ['1', '2'] }), 'other than 1 vectors'],
    ['answers with nothing', () => provider.script({ kind: 'vector', vector: [] }), 'other than 1 vectors'],
    ['answers with zeros', () => provider.script({ kind: 'vector', vector: [0, 0] }), 'points nowhere'],
    [
      'answers with too many numbers',
      () => provider.script({ kind: 'vector', vector: Array(16_001).fill(1) }),
      'other than',
    ],
  ])('lets documents wait when the provider %s, says so, and goes on when it is well', async (_how, ail, said) => {
    await library.put(lease);
    ail();
    const { embedded, waiting, because } = await refresh();
    expect([embedded, waiting]).toEqual([0, 1]);
    expect(because).toContain(said);
    expect(await library.find('Kündigung')).toEqual(['file:lease']);
    provider.go('up');
    expect(await refresh()).toEqual({ embedded: 1, waiting: 0 });
  });
  const limits = Array.from({ length: 3 }, () => ({ kind: 'status' as const, status: 429, retryAfter: '0' }));

  it('keeps no vector of another length than the model’s others', async () => {
    await write(17);
    // The sample, sixteen documents, and the last one.
    provider.onRequest(() => {
      if (provider.requests.length === 3) provider.script({ kind: 'vector', vector: [1, 2, 3] });
    });
    const because = 'openai/words-64 answered with 3 numbers a text instead of 64';
    expect(await refresh()).toEqual({ embedded: 16, waiting: 1, because });
    expect(await vectors()).toBe(16);
  });

  it('passes over a text that the provider will not take, and finds it by its words', async () => {
    await write(20);
    await library.put(lease);
    provider.refuse((text) => text.includes('Vermieter'));
    expect(await refresh()).toEqual({ embedded: 21, waiting: 0 });
    expect([await vectors(), await vectors('embedding is null')]).toEqual([21, 1]);
    expect(await library.find('Vermieter')).toContain('file:lease');
    const { length } = provider.requests;
    expect(await refresh()).toEqual({ embedded: 0, waiting: 0 });
    expect(provider.requests).toHaveLength(length);
  });

  it('takes no text for a bad one when the provider refuses everything', async () => {
    await library.put(lease);
    await refresh();
    await library.put(ships);
    // Known to be of 64 numbers, but for each text there is a refusal.
    provider.refuse(() => true);
    expect(await refresh()).toMatchObject({ embedded: 0, waiting: 1, because: expect.stringContaining('400') });
    expect(await vectors('embedding is null')).toBe(0);
  });

  it('answers by words alone while the provider is down, and leaves it alone for a while', async () => {
    await library.put(lease);
    await refresh();
    provider.go('down');
    expect(await library.find('Kündigungen')).toEqual(['file:lease']);
    const { length } = provider.requests;
    expect(await library.find('Vermieter')).toEqual(['file:lease']);
    expect(provider.requests).toHaveLength(length);
    provider.go('up');
    await library.advance(60_000);
    expect(await library.find('who may quit')).toEqual(['file:lease']);
  });

  it('keeps who searches waiting two seconds at most for a provider that hangs', async () => {
    await library.put(lease);
    await refresh();
    const { length } = provider.requests;
    provider.script({ kind: 'hang' });
    const searching = library.find('Kündigungen');
    await eventually(() => provider.requests.length > length || undefined);
    await library.advance(2_000);
    expect(await searching).toEqual(['file:lease']);
    expect(library.meaning.errors.map(String)).toEqual(['Error: openai/words-64 took too long to answer']);
  });

  it('asks the model once for a question that is asked again', async () => {
    await library.put(lease);
    await refresh();
    await library.find('who may quit');
    const { length } = provider.requests;
    await library.find('who may quit');
    expect(provider.requests).toHaveLength(length);
  });

  it('charges an agent for its questions, and the team for its documents', async () => {
    await library.put(lease);
    await refresh();
    await library.use('cmo', 'recall', { query: 'who may quit' });
    const calls = await eventually(async () => {
      const found = await rows<{ agent_type: string; tokens: number }>(
        'select agent_type, sum(input_tokens)::int as tokens from model_calls group by 1 order by 1',
      );
      return found.length === 2 ? found : undefined;
    });
    expect(calls).toEqual([
      { agent_type: 'cmo', tokens: 3 },
      { agent_type: 'system', tokens: expect.any(Number) },
    ]);
  });

  it('stops at the team’s budget: documents wait, no agent is held, questions are answered by words', async () => {
    await library.put(lease);
    await library.meaning.set('budgets', 'team', { daily: { calls: 1 } });
    const outcome = await refresh();
    expect(outcome).toMatchObject({ embedded: 0, waiting: 1, because: expect.stringMatching(/budget|calls/i) });
    expect(await rows('select from budget_holds')).toEqual([]);
    expect(await library.find('Kündigungen')).toEqual(['file:lease']);
  });

  it('waits for no transaction: the model is asked before it begins', async () => {
    await library.put(lease);
    await refresh();
    let open = -1;
    provider.onRequest(async () => {
      const [row] = await rows<{ count: number }>(
        `select count(*)::int as count from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
      );
      open = row?.count ?? -1;
    });
    await library.use('cmo', 'recall', { query: 'who may quit' });
    expect(open).toBe(0);
  });

  it('finds by words while the vectors are gone, and mends them', async () => {
    await library.put(lease);
    await refresh();
    await library.find('who may quit');
    await rows('drop table passage_vectors_1; delete from embedding_spaces');
    expect(await library.find('Kündigungen')).toEqual(['file:lease']);
    await refresh();
    expect(await library.find('who may quit')).toEqual(['file:lease']);
  });

  it('walks on, on every connection, where a filter leaves too little of what is near', async () => {
    const read = `select current_setting('hnsw.iterative_scan') as walk, current_setting('hnsw.ef_search') as width`;
    const seen = await Promise.all(Array.from({ length: 5 }, () => rows(read)));
    expect(seen.flat()).toEqual(Array(5).fill({ walk: 'relaxed_order', width: '64' }));
  });

  it('has an index for vectors that one can be made for, and does without for longer ones', async () => {
    const indexes = async (table: string) =>
      (await rows<{ indexdef: string }>(`select indexdef from pg_indexes where tablename = '${table}'`))
        .map(({ indexdef }) => indexdef)
        .filter((definition) => definition.includes('hnsw'));
    await library.put(lease);
    await refresh();
    expect(await indexes('passage_vectors_1')).toHaveLength(1);
    await library.meaning.set('knowledge', 'embedding_model', 'openai/words-4096');
    await refresh();
    expect(await indexes('passage_vectors_2')).toEqual([]);
    expect(await library.find('how do we quit our tenancy')).toEqual(['file:lease']);
  });

  it('says who has to make the extension where the account may not', async () => {
    await rows(`drop role if exists plain; create role plain login password 'plain';
      grant all on schema public to plain; grant all on all tables in schema public to plain`);
    const url = Object.assign(new URL(library.url), { username: 'plain', password: 'plain' });
    const postgres = createPostgres(url.href, testLimits, () => undefined);
    const plain = await openMeaning({
      ...library,
      postgres,
      providers: { openai: { baseUrl: provider.url, key: 'sk-x' } },
    });
    await library.put(lease);
    expect(await plain.refresh(never)).toMatchObject({ waiting: 1, because: expect.stringContaining('administrator') });
    await plain.close();
    await postgres.close();
  });
});

describe('a Postgres without pgvector', () => {
  it('lets documents wait, says why, and finds by words', async () => {
    const provider = await startEmbeddingProvider();
    const library = await openLibrary(undefined, { openai: { baseUrl: provider.url, key: 'sk-x' } });
    await library.meaning.set('knowledge', 'embedding_model', model);
    await library.put({ source: 'file:lease', text: 'Der Vermieter kündigt.' });
    const outcome = await library.meaning.refresh(never);
    expect(outcome).toEqual({ embedded: 0, waiting: 1, because: 'this Postgres has no pgvector' });
    expect(await library.find('Kündigungen kündigt')).toEqual(['file:lease']);
    expect(library.meaning.errors).toEqual([]);
    await library.dispose();
    await provider.close();
  });
});
