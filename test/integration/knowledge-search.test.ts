import { sql } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateSchema } from '../../src/orchestrator/platform/migrate.ts';
import { createPostgres } from '../../src/orchestrator/platform/postgres.ts';
import { createEmptyDatabase, type TestDatabase, testLimits } from '../support/database.ts';
import { type Library, openLibrary } from '../support/library.ts';

const day = 86_400_000;
let library: Library;

const shelf: Readonly<Record<string, readonly [title: string, text: string]>> = {
  'file:miete': [
    'Mietvertrag Berlin',
    'Der Vermieter nimmt Kündigungen nur schriftlich an. Die Frist beträgt drei Monate.',
  ],
  'file:haus': ['Bestand', 'Wir verwalten drei Häuser und eine Halle in der Straße des 17. Juni.'],
  'file:umsatz': ['Umsätze im Quartal', 'Die Erlöse stiegen um acht Prozent; größter Kunde bleibt die Bahn.'],
  'file:lease': ['Office lease', 'Either party may terminate the lease with three months of notice.'],
  'file:hiring': ['Hiring plan', 'We are looking for two engineers and a designer; interviews are held on Tuesdays.'],
  'file:car': ['Car', 'The lease of the car ends in May; die Frist steht im Brief.'],
  'file:druck': ['Einkauf', 'Unsere Druckerei ist in Halle.'],
  'file:newsletter': ['Newsletter', 'The newsletter goes to all customers on the first Monday of each month.'],
};

beforeAll(async () => {
  library = await openLibrary();
  for (const [source, [title, text]] of Object.entries(shelf)) await library.put({ source, title, text });
});
afterAll(() => library.dispose());

describe('a search', () => {
  it.each([
    ['the plural of a word', 'Kündigung', 'file:miete'],
    ['the singular', 'Haus', 'file:haus'],
    ['another case', 'Monats Kündigung', 'file:miete'],
    ['ss for ß', 'Strasse', 'file:haus'],
    ['ß for ss and capitals', 'GRÖSSTER Kunde', 'file:umsatz'],
    ['an umlaut that the text has in another form', 'Umsatz', 'file:umsatz'],
    ['English endings', 'looking for an engineer', 'file:hiring'],
    ['an English verb form', 'terminating leases', 'file:lease'],
    ['words of the title and of the text together', 'Mietvertrag Frist', 'file:miete'],
    ['a phrase', '"first Monday"', 'file:newsletter'],
    ['words with little between them that say something', 'the newsletter and the customers', 'file:newsletter'],
  ])('finds by %s: %s', async (_how, query, source) => {
    expect((await library.find(query))[0]).toBe(source);
  });

  it.each([
    ['a slip in a title', 'Newsleter', 'file:newsletter'],
    ['two letters that changed places', 'Mietvetrrag', 'file:miete'],
    ['a slip in a word of the text', 'Vermeiter', 'file:miete'],
    ['a letter too few in the text', 'Kündgung', 'file:miete'],
    ['a letter too many in an English text', 'enginneers', 'file:hiring'],
    ['the end of a compound in a title', 'Vertrag', 'file:miete'],
    ['the beginning of a compound', 'Druck', 'file:druck'],
    ['one slip among words that are right', 'Hirring interviews', 'file:hiring'],
    ['more of the words before fewer', 'engineers interviews customers newsletter Monday', 'file:newsletter'],
    ['most of the words', 'which customers get a newsletter in Portuguese', 'file:newsletter'],
    ['a whole question', 'Wie lange ist die Frist für eine Kündigung beim Vermieter in Hamburg?', 'file:miete'],
  ])('finds all the same with %s: %s', async (_how, query, source) => {
    expect((await library.find(query))[0]).toBe(source);
  });

  it.each([
    ['in German', 'Kündigung Fristen', ['file:miete']],
    ['in English', 'terminated leases', ['file:lease']],
  ])('shows what holds all the words, and then nothing that holds fewer, %s', async (_how, query, sources) => {
    expect(await library.find(query)).toEqual(sources);
  });

  it('takes or and - as on the web', async () => {
    expect(new Set(await library.find('lease or newsletter'))).toEqual(
      new Set(['file:lease', 'file:car', 'file:newsletter']),
    );
    expect(await library.find('months -lease')).not.toContain('file:lease');
  });

  it.each([
    '',
    ' ',
    '-lease',
    'the',
    'und',
    '& | !',
    "'; drop table documents; --",
    '\\',
    ':*',
    '()',
    '"',
    'x'.repeat(400),
    'a '.repeat(200),
  ])('that asks for nothing is no failure: %j', async (query) => {
    await library.find(query);
    expect(await library.count('documents')).toBe(Object.keys(shelf).length);
  });

  it('finds what was never written nowhere', async () => {
    expect(await library.find('Quittungsblock')).toEqual([]);
  });

  it('shows where it stands, and of what', async () => {
    const { results } = await library.knowledge.searchAll({ query: 'Kündigung', limit: 1 });
    expect(results[0]).toMatchObject({
      id: expect.stringMatching(/^doc_/),
      title: 'Mietvertrag Berlin',
      kind: 'file',
      source: 'file:miete',
      agent: null,
      snippet: expect.stringContaining('Kündigungen nur schriftlich'),
      score: expect.any(Number),
    });
  });
});

describe('of several that fit', () => {
  beforeAll(async () => {
    const old = library.clock.now() - 1_000 * day;
    const [title, text] = ['Kaffeemaschine', 'Die Kaffeemaschine wird montags entkalkt.'];
    // The old one comes last: what was written later is not what is later.
    await library.put({ source: 'note:new', title, text });
    await library.put({ source: 'note:old', title, text, at: old });
    await library.put({
      source: 'note:aside',
      title: 'Küche',
      text: `Es gibt Tassen. ${'Viele Tassen. '.repeat(20)} Auch eine Kaffeemaschine.`,
    });
  });

  it('the latest goes first when they say the same', async () => {
    expect((await library.find('entkalkt')).slice(0, 2)).toEqual(['note:new', 'note:old']);
  });

  it('an old one that is about it goes before a new one that mentions it', async () => {
    const found = await library.find('Kaffeemaschine');
    expect(found.indexOf('note:old')).toBeLessThan(found.indexOf('note:aside'));
  });

  it('a long one is found once, and shows the passage that fits', async () => {
    const filler = 'Nothing of note happened in these weeks. '.repeat(60);
    await library.put({
      source: 'file:diary',
      title: 'Diary',
      text: `${filler}\n\nThe barometer broke.\n\n${filler} barometer`,
    });
    const { results } = await library.knowledge.searchAll({ query: 'barometer broke', limit: 5 });
    expect(results.map(({ source }) => source)).toEqual(['file:diary']);
    expect(results[0]?.snippet).toContain('The barometer broke.');
    expect(results[0]?.snippet.length).toBeLessThanOrEqual(300);
  });

  it('only as many are shown as were asked for', async () => {
    expect(await library.find('Kaffeemaschine', 1)).toHaveLength(1);
  });
});

describe('in a large library', () => {
  it('a search looks words up in the index, and reads no more than it ranks', async () => {
    await library.postgres.db.execute(sql`
      with made as (
        insert into documents (id, source, kind, owner, title, content_hash, created_at, updated_at)
        select 'doc_' || n, 'history:' || n, 'history', null, 'Entry ' || n, '', now(), now() from generate_series(1, 5000) n
        returning id, title
      )
      insert into passages (document_id, position, kind, owner, title, text, changed_at)
      select id, 0, 'history', null, title, 'Everybody had lunch, as on other days. ' || md5(id), now() from made`);
    await library.postgres.db.execute('analyze documents, passages');
    const { rows } = await library.postgres.db.execute<{ 'QUERY PLAN': string }>(
      sql`explain select document_id from passages where words @@ websearch_to_tsquery('boardroom_german', 'Kündigung Frist')
        order by changed_at desc limit 300`,
    );
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('passages_by_words');
    expect((await library.find('Kündigung Frist'))[0]).toBe('file:miete');
    expect(await library.find('lunch', 200)).toHaveLength(200);
  });
});

describe('on a database that has no pg_trgm', () => {
  async function bare(): Promise<TestDatabase> {
    const { url, drop } = await createEmptyDatabase();
    const client = new pg.Client(url);
    await client.connect();
    // Where the extensions would be there is nothing.
    await client.query(`alter database ${new URL(url).pathname.slice(1)} set extension_control_path = '/nowhere'`);
    await client.end();
    const postgres = createPostgres(url, testLimits, (error) => console.error(error));
    await migrateSchema(postgres, 'migrations');
    return { url, postgres, drop: () => postgres.close().then(drop) };
  }

  it('a search goes without the comparing of spelling, and finds all else', async () => {
    const poor = await openLibrary(await bare());
    try {
      await poor.put({ source: 'file:miete', title: 'Mietvertrag', text: 'Der Vermieter nimmt Kündigungen an.' });
      expect(await poor.find('Mietvetrrag')).toEqual([]);
      expect(await poor.find('Kündigung')).toEqual(['file:miete']);
      expect(await poor.find('Kündigung Quittungsblock')).toEqual(['file:miete']);
    } finally {
      await poor.dispose();
    }
  });
});
