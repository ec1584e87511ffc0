import { sql } from 'drizzle-orm';
import { inBatches } from '../platform/batches.ts';
import { iso } from '../platform/iso.ts';
import type { Postgres } from '../platform/postgres.ts';
import { toolCalls } from './tables.ts';

/** Removes answers to calls from before: nobody sends a call again after so long. Returns how many went. */
export const forgetToolCalls = ({ db }: Postgres, before: number, signal: AbortSignal): Promise<number> =>
  inBatches(async (limit) => {
    // By the rows' places: their ids are the agents' own, and two agents may have chosen the same.
    const old = sql`select ctid from ${toolCalls} where ${toolCalls.createdAt} < ${iso(before)} limit ${limit}`;
    return (await db.execute(sql`delete from ${toolCalls} where ctid in (${old})`)).rowCount ?? 0;
  }, signal);
