import pg from 'pg';

/** Words of which a text is made, as common as words are: the first of them in most texts, the last in few. */
const vocabulary = 20_000;
const wordsPerText = 120;

export interface Needle {
  readonly id: string;
  /** Words of its own text, none of which is in it alone. */
  readonly query: string;
}

/** So many documents, of which one is about something; the tables and indexes are the real ones. */
export async function fillLibrary(databaseUrl: string, count: number): Promise<Needle> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    await client.query('select setseed(0.5)');
    await client.query(insertDocuments, [count]);
    await client.query(insertPassages, [vocabulary, wordsPerText]);
    await client.query('vacuum analyze documents, passages');
    const { rows } = await client.query<Needle>(needle, [Math.floor(count / 3)]);
    const [found] = rows;
    if (!found) throw new Error('the library is empty');
    return found;
  } finally {
    await client.end();
  }
}

const insertDocuments = `
  insert into documents (id, source, kind, owner, title, content_hash, created_at, updated_at)
  select 'doc_' || lpad(n::text, 8, '0'), 'history:' || n, 'history', null, 'Entry ' || n, '',
    now() - n * interval '1 minute', now() - n * interval '1 minute'
  from generate_series(1, $1) n`;

/** The square makes early words common; each text draws its own (the reference to the document keeps it from being drawn once). */
const insertPassages = `
  insert into passages (document_id, position, kind, owner, title, text, changed_at)
  select d.id, 0, d.kind, d.owner, d.title, drawn.text, d.updated_at
  from documents d, lateral (
    select string_agg('w' || left(md5(floor($1 * power(random(), 3))::text), 7), ' ') as text
    from generate_series(1, $2) where d.id <> ''
  ) drawn`;

/** Three words from the middle of a text somewhere in the middle. */
const needle = `
  select document_id as id, array_to_string((string_to_array(text, ' '))[40:42], ' ') as query
  from passages order by document_id offset $1 limit 1`;
