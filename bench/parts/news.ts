import pg from 'pg';
import { keepRunning } from './running.ts';

/** Puts events into the real log, as a commit does, and tells the relay. */
export interface News {
  publish(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Makes frames of some 400 bytes, as a decision's are. */
const insert = `
  insert into events (event_type, agent_type, payload, created_at)
  select 'alert_raised', 'ceo',
    jsonb_build_object('agentType', 'ceo', 'severity', 'info', 'actor', 'system', 'message', repeat('x', 200)), now()
  from generate_series(1, $1)`;

/** How long such a frame is without its header, give or take the digits of its number. */
export const newsPayloadBytes = 390;

export async function openNews(databaseUrl: string): Promise<News> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  return {
    async publish(count) {
      await client.query(insert, [count]);
      await client.query("select pg_notify('boardroom_events', '')");
    },
    close: keepRunning(() => client.end()),
  };
}
