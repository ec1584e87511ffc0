import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createNudge } from '../../src/orchestrator/events/nudge.ts';
import { channels } from '../../src/orchestrator/events/topics.ts';
import { createEmbeddingDuty, type EmbeddingDuty } from '../../src/orchestrator/knowledge/embedding-duty.ts';
import { createDatabase } from '../support/database.ts';
import { type EmbeddingProvider, startEmbeddingProvider } from '../support/embedding-provider.ts';
import { eventually } from '../support/eventually.ts';
import { type Library, openLibrary } from '../support/library.ts';
import { openMeaning } from '../support/meaning.ts';
import { describeVectors, startVectorPostgres } from '../support/vector-postgres.ts';

const lease = { source: 'file:lease', title: 'Mietvertrag', text: 'Der Vermieter nimmt Kündigungen schriftlich an.' };
const dayMs = 86_400_000;

describeVectors('what was just written', () => {
  let server: Awaited<ReturnType<typeof startVectorPostgres>>;
  let provider: EmbeddingProvider;
  let library: Library;
  let duty: EmbeddingDuty;
  let looks: number;

  beforeAll(async () => {
    server = await startVectorPostgres();
  });
  beforeEach(async () => {
    provider = await startEmbeddingProvider();
    library = await openLibrary(await createDatabase(server.url), { openai: { baseUrl: provider.url, key: 'sk-x' } });
    await library.meaning.set('knowledge', 'embedding_model', 'openai/words-64');
    looks = 0;
    duty = await begin(library.meaning);
  });
  afterEach(async () => {
    await duty.stop();
    await library.dispose();
    await provider.close();
  });
  afterAll(() => server.stop());

  /** As a leader does; its first look is over. */
  async function begin(meaning: Pick<Library['meaning'], 'refresh'>, everyMs = dayMs): Promise<EmbeddingDuty> {
    const before = looks;
    const watched = {
      refresh: (signal: AbortSignal) =>
        meaning.refresh(signal).finally(() => {
          looks += 1;
        }),
    };
    const begun = createEmbeddingDuty({ meaning: watched, clock: library.clock, everyMs, onError: console.error });
    library.onDocuments(begun.wake);
    begun.start();
    await eventually(() => looks > before || undefined);
    return begun;
  }
  const write = async (count: number, from = 0) => {
    for (let at = from; at < from + count; at += 1) await library.put({ source: `file:${at}`, title: `Number ${at}` });
  };
  const found = async () => (await library.find('how do we quit our tenancy')).length > 0 || undefined;
  const nextLook = async (ms: number) => {
    const before = looks;
    await library.advance(ms);
    await eventually(() => looks > before || undefined, { what: 'a look at the documents' });
  };

  it('is found by its meaning a second later', async () => {
    await library.put(lease);
    expect(await found()).toBeUndefined();
    await library.advance(1_000);
    await eventually(found);
  });

  it('is found though nobody told of it', async () => {
    await duty.stop();
    duty = await begin(library.meaning, 15_000);
    library.onDocuments(() => undefined);
    await library.put(lease);
    await nextLook(16_000);
    expect(await found()).toBe(true);
  });

  it('is embedded together, however many write it', async () => {
    await write(1);
    await nextLook(1_000);
    const { length } = provider.requests;
    await Promise.all([write(5, 1), write(5, 6)]);
    await nextLook(1_000);
    expect(provider.requests.slice(length).map(({ texts }) => texts.length)).toEqual([10]);
  });

  it('is embedded too when it was written while others were', async () => {
    await write(1);
    await nextLook(1_000);
    provider.onRequest(async () => {
      provider.onRequest(undefined);
      await library.put(lease);
    });
    await write(1, 1);
    await nextLook(1_000);
    await library.advance(1_000);
    await eventually(found);
  });

  it('waits for a model that is down, and asks it less and less, however much is written', async () => {
    provider.go('down');
    await write(1);
    await nextLook(1_000);
    for (const restMs of [5_000, 10_000, 20_000]) {
      const [{ length }, before] = [provider.requests, looks];
      await library.advance(restMs - 500);
      await write(1, looks + 10);
      await library.advance(499);
      expect([provider.requests.length, looks]).toEqual([length, before]);
      await nextLook(1_001);
    }
  });

  it('costs nothing once the budget is spent', async () => {
    await library.meaning.set('budgets', 'team', { daily: { calls: 1 } });
    await write(1);
    await nextLook(1_000);
    const { length } = provider.requests;
    await write(1, 1);
    await nextLook(6_000);
    expect(provider.requests).toHaveLength(length);
  });

  it('is embedded by the next leader when the first is cut off in the middle, and paid for nearly once', async () => {
    let cut: Promise<true> | undefined;
    provider.onRequest(() => {
      if (provider.requests.length === 3) cut ??= duty.stop().then(() => true);
    });
    await write(40);
    await library.advance(1_000);
    await eventually(() => cut);
    const paid = provider.texts().length;
    expect(paid).toBeLessThan(40);
    duty = await begin(library.meaning);
    // Sixteen at most were under way.
    expect(provider.texts().length).toBeLessThanOrEqual(40 + 1 + 16);
    expect(await library.meaning.refresh(new AbortController().signal)).toEqual({ embedded: 0, waiting: 0 });
  });

  it('is paid for once when two replicas lead for a moment', async () => {
    const other = await openMeaning({ ...library, providers: { openai: { baseUrl: provider.url, key: 'sk-x' } } });
    const second = await begin(other);
    await write(40);
    duty.wake();
    await nextLook(1_000);
    await nextLook(20_000);
    await eventually(
      async () => (await library.meaning.refresh(new AbortController().signal)).waiting === 0 || undefined,
    );
    expect(provider.texts().filter((text) => text.startsWith('Number'))).toHaveLength(40);
    await second.stop();
    await other.close();
  });

  it('is told to a leader elsewhere once it is committed, and not before', async () => {
    const leader = await library.postgres.connect();
    const told: string[] = [];
    leader.on('notification', ({ channel }) => told.push(channel));
    await leader.query(`listen ${channels.documents}`);
    const nudge = createNudge({
      postgres: library.postgres,
      channel: channels.documents,
      wakeOwn: () => false,
      onError: console.error,
    });
    library.onDocuments(nudge);
    const given = { kind: 'file' as const, owner: null, title: '', text: '' };
    const undone = library.services.unitOfWork(async (work) => {
      await library.knowledge.put(work, { ...given, source: 'file:undone' });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await library.services.unitOfWork(async (work) => {
      for (let at = 0; at < 3; at += 1) await library.knowledge.put(work, { ...given, source: `file:${at}` });
    });
    // What is the same writes nothing.
    await library.services.unitOfWork((work) => library.knowledge.put(work, { ...given, source: 'file:0' }));
    await eventually(() => told[0]);
    await library.postgres.db.execute(`select pg_notify('${channels.documents}', 'last')`);
    await eventually(() => told[1]);
    expect(told).toHaveLength(2);
    await leader.end();
  });
});
