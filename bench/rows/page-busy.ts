import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { CDPSession } from 'playwright-core';
import { openDashboard, roleNames } from '../parts/dashboard.ts';
import type { Row } from '../row.ts';

const roles = 50;
const everyMs = 50;
const events = 200;

/** A change of status as the reconciler writes it, and the row that the page reads anew. */
const change = `
  with changed as (update agents set status = $2 where type = $1)
  insert into events (event_type, agent_type, payload, created_at)
  values ('agent_status', $1, jsonb_build_object('agentType', $1::text, 'status', $2::text, 'because', 'bench', 'actor', 'system'), now())`;

export const pageBusy: Row = {
  name: 'page-busy',
  about: 'share of the time that the main thread of the overview is at work, while 50 agents change 20 times a second',
  unit: '',
  better: 'lower',
  goal: { figure: 0.3 },
  needs: ['chromium'],
  async open(bench) {
    const dashboard = await openDashboard(bench, roles);
    const client = new pg.Client(dashboard.databaseUrl);
    await client.connect();
    const { page } = await dashboard.visit();
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    const names = roleNames(roles);
    return {
      async ours() {
        const before = await taskSeconds(session);
        const started = performance.now();
        for (let at = 0; at < events; at += 1) {
          await client.query(change, [names[at % roles], at % 2 === 0 ? 'starting' : 'stopped']);
          await client.query("select pg_notify('boardroom_events', '')");
          await sleep(Math.max(0, started + (at + 1) * everyMs - performance.now()));
        }
        return ((await taskSeconds(session)) - before) / ((performance.now() - started) / 1_000);
      },
      async close() {
        await client.end();
        await dashboard.close();
      },
    };
  },
};

/** What the page's main thread has worked so far. */
async function taskSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
}
