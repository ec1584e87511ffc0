import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { keepRunning } from '../parts/running.ts';
import { startWorker } from '../parts/worker.ts';
import type { Row } from '../row.ts';

const run = promisify(execFile);
const atOnce = 8;
const votes = 2_000;

/** The same transaction, as bare as SQL allows. Each client votes on decisions of its own. */
const script = `
\\set n :n + 1
begin;
select * from decisions where id = 'bare_' || (:base + :client_id * 100000 + :n)::text for update;
insert into decision_votes values ('bare_' || (:base + :client_id * 100000 + :n)::text, 1, 'ceo', 'approve', 'It serves us.', 'system', now()) on conflict do nothing;
select voter_type, vote from decision_votes where decision_id = 'bare_' || (:base + :client_id * 100000 + :n)::text and round = 1;
update decisions set because = 'waits for the DAO' where id = 'bare_' || (:base + :client_id * 100000 + :n)::text;
insert into events (event_type, agent_type, payload, created_at) values ('decision_voted', 'ceo', '{"decisionId":"x","title":"Launch the newsletter","voterType":"ceo","vote":"approve","reason":"It serves us.","round":1,"actor":"system"}', now());
commit;
`;

/** Copies of a proposed decision for pgbench to vote on; `base` keeps the rounds apart. */
const copies = `
  insert into decisions
  select 'bare_' || ($1::int + c * 100000 + n), title, description, tier, rule, status, because, proposed_by, task_id, round,
    round_started_at, deadline_at, resolved_at, resolved_by, created_at
  from (select * from decisions where id like 'dec_%' limit 1) d, generate_series(0, $2 - 1) c, generate_series(1, $3) n`;

export const vote: Row = {
  name: 'vote',
  about: 'vote, decision and event in one transaction at service level, against pgbench with the same transaction',
  unit: '/s',
  better: 'higher',
  goal: { ratio: 0.7 },
  needs: ['pgbench'],
  async open(bench) {
    const database = await bench.createDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'boardroom-bench-'));
    const file = join(folder, 'vote.sql');
    await writeFile(file, script);
    const services = startWorker(new URL('../parts/services.worker.ts', import.meta.url));
    await services.call('open', { databaseUrl: database.url });
    await services.call('propose', { count: 1 });
    const client = new pg.Client(database.url);
    await client.connect();
    const disconnect = keepRunning(() => client.end());
    let base = 0;
    return {
      async ours() {
        const ids = await services.call<string[]>('propose', { count: votes });
        return (votes * 1_000) / (await services.call<number>('vote', { ids, atOnce }));
      },
      async reference() {
        base += 10_000_000;
        await client.query(copies, [base, atOnce, votes / atOnce]);
        const flags = ['-n', '-M', 'prepared', '-c', `${atOnce}`, '-j', '1', '-t', `${votes / atOnce}`];
        const { stdout } = await run('pgbench', [
          ...flags,
          '-D',
          'n=0',
          '-D',
          `base=${base}`,
          '-f',
          file,
          database.url,
        ]);
        return Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
      },
      async close() {
        await Promise.all([services.end(), disconnect(), rm(folder, { recursive: true })]);
        await database.drop();
      },
    };
  },
};
