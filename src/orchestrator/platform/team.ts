import type { Chance } from './identity.ts';
import type { Postgres } from './postgres.ts';
import { team } from './tables.ts';

/** Which team this database holds; made at the first start. Containers carry it as a label. */
export async function teamIdOf({ db }: Postgres, chance: Chance, now: number): Promise<string> {
  await db
    .insert(team)
    .values({ singleton: 'team', id: chance.id('team'), createdAt: now })
    .onConflictDoNothing();
  const [row] = await db.select().from(team);
  if (!row) throw new Error('the team row vanished');
  return row.id;
}
