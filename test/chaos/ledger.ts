import type pg from 'pg';
import { accounts, type EventRow, type Row } from './accounts.ts';

/** Each change of state has exactly its events: where the tables and the log differ, in words. */
export async function reconcileLedger(pool: pg.Pool): Promise<string[]> {
  const client = await pool.connect();
  // One snapshot: the tables and the log of one moment.
  await client.query('begin isolation level repeatable read read only');
  try {
    const { rows: events } = await client.query<EventRow>('select seq, event_type, payload from events order by seq');
    const findings: string[] = [];
    for (const { name, sql, events: types, subject, isTold } of accounts) {
      const { rows } = await client.query<Row>(sql);
      const told = groupBy(
        events.filter(({ event_type }) => types.includes(event_type)),
        subject,
      );
      for (const row of rows) {
        const story = told.get(String(row['id'])) ?? [];
        told.delete(String(row['id']));
        if (!isTold(row, story))
          findings.push(`${name} ${JSON.stringify(row)} is not what the log tells: ${inWords(story)}`);
      }
      for (const [id, story] of told)
        findings.push(`there is no ${name} ${id}, of which the log tells: ${inWords(story)}`);
    }
    return findings;
  } finally {
    await client.query('rollback');
    client.release();
  }
}

const inWords = (story: readonly EventRow[]): string =>
  story.map(({ event_type, payload }) => `${event_type} ${JSON.stringify(payload)}`).join(', ') || 'nothing';

function groupBy(events: readonly EventRow[], key: (payload: EventRow['payload']) => unknown): Map<string, EventRow[]> {
  const groups = new Map<string, EventRow[]>();
  for (const event of events) {
    const id = String(key(event.payload));
    const group = groups.get(id) ?? [];
    group.push(event);
    groups.set(id, group);
  }
  return groups;
}
