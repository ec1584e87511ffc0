import pg from 'pg';
import { createDice, type Dice } from '../../test/support/dice.ts';
import { embed } from '../../test/support/embedding-provider.ts';
import type { Needle } from './library.ts';

/**
 * A model's vectors have many numbers and few ways to differ: texts gather around themes. Numbers drawn one by one would have no
 * neighbours, so that an index finds one in seven of the nearest, and reads thousands of pages for it.
 */
const directions = 32;
const themes = 400;
/** How far a text is from its theme, and from all that the directions can say. */
const ownWay = 0.7;
const noise = 0.8;
const rowsAtOnce = 1_000;

/** A vector for each document, as if a model had read it; the needle's is its question's. */
export async function fillVectors(databaseUrl: string, needle: Needle, dimensions: number): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    // One by one the index would take minutes.
    await client.query(`set maintenance_work_mem = '256MB'; drop index passage_vectors_1_by_vector`);
    const { rows } = await client.query<{ id: string }>('select id from documents order by id');
    const ids = rows.map(({ id }) => id);
    const asked = embed(needle.query, dimensions);
    const draw = drawerOf(createDice(7, 'vectors'), asked);
    for (let at = 0; at < ids.length; at += rowsAtOnce) {
      const some = ids.slice(at, at + rowsAtOnce);
      const vectors = some.map(
        (id) => `[${(id === needle.id ? asked : draw()).map((each) => each.toFixed(4)).join(',')}]`,
      );
      await client.query(insertVectors, [some, vectors]);
    }
    await client.query(makeIndex);
    await client.query('vacuum analyze passage_vectors_1');
  } finally {
    await client.end();
  }
}

/** The question lies where texts do: what it points to is one of the directions, and what one of the themes is about. */
function drawerOf(dice: Dice, asked: readonly number[]): () => number[] {
  const normal = () => Math.sqrt(-2 * Math.log(1 - dice.fraction())) * Math.cos(2 * Math.PI * dice.fraction());
  const several = (count: number) => Array.from({ length: count }, normal);
  const length = Math.hypot(...asked);
  const first = asked.map((each) => (each / length) * Math.sqrt(asked.length));
  const ways = [first, ...Array.from({ length: directions - 1 }, () => several(asked.length))];
  const asksFor = ways.map((_, way) => (way === 0 ? Math.sqrt(directions) : 0));
  const centres = [asksFor, ...Array.from({ length: themes - 1 }, () => several(directions))];
  return () => {
    const theme = centres[dice.whole(0, themes - 1)] ?? [];
    const place = theme.map((each) => each + ownWay * normal());
    return asked.map((_, at) => place.reduce((sum, far, way) => sum + far * (ways[way]?.[at] ?? 0), noise * normal()));
  };
}

const makeIndex =
  'create index passage_vectors_1_by_vector on passage_vectors_1 using hnsw (embedding halfvec_cosine_ops)';

const insertVectors = `
  insert into passage_vectors_1 (document_id, position, document_hash, text_hash, kind, owner, embedding)
  select d.id, 0, d.content_hash, '', d.kind, d.owner, given.vector::halfvec
  from unnest($1::text[], $2::text[]) as given (id, vector) join documents d on d.id = given.id`;
