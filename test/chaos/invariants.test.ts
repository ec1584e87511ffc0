import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { watchInvariants } from '../support/invariants.ts';

const boundMs = 100;
let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

const run = (statement: string) => database.postgres.db.execute(statement);

const agent = (parts: string) => `insert into agents (type, id, created_at, desired, forgiven_at, status, because,
  scheduled_from, jitter, next_attempt_at) values ${parts}`;
const life = (parts: string) => `insert into agent_instances (id, agent_type, spec_hash, token_hash, container_id,
  created_at, started_at, ended_at) values ${parts}`;
const task = (parts: string) => `insert into tasks (id, title, description, status, priority, assigned_to, created_by,
  created_at, wake_at, claimed_by, lease_until) values ${parts}`;
const decision = (parts: string) => `insert into decisions (id, title, description, tier, rule, status, because,
  proposed_by, round, round_started_at, deadline_at, created_at) values ${parts}`;
const attempt = (parts: string) => `insert into wake_attempts (agent_type, reason, subject, fingerprint, attempts,
  last_at, broken) values ${parts}`;
const escalation = (parts: string) => `insert into escalations (id, kind, subject, title, reason, priority, status,
  created_at) values ${parts}`;

const ago = `now() - interval '1 minute'`;
const ahead = `now() + interval '1 minute'`;
const rule = `'{"voters":["ceo"]}'`;

/** A team of two at rest, with nothing to complain of: every test adds to it. */
const healthy = [
  'truncate agents, agent_instances, agent_loops, wake_attempts, tasks, escalations, messages, api_keys cascade',
  'truncate decisions cascade',
  agent(`('cmo', 'agt_1', now(), 'running', ${ago}, 'running', '', now(), 0, null),
    ('ceo', 'agt_2', now(), 'running', ${ago}, 'running', '', now(), 0, null)`),
  life(`('ins_cmo', 'cmo', '', 'a', 'c1', now(), now(), null), ('ins_ceo', 'ceo', '', 'b', 'c2', now(), now(), null),
    ('ins_dead', 'cmo', '', 'd', 'c3', ${ago}, ${ago}, ${ago})`),
  `insert into api_keys (id, name, role, hash, created_at) values ('key_1', 'admin', 'admin', 'x', now())`,
];
beforeEach(async () => {
  for (const statement of healthy) await run(statement);
});

const watch = (parts: { isUp?: () => boolean; boundMs?: number } = {}) =>
  watchInvariants({ databaseUrl: database.url, isUp: () => true, boundMs, everyMs: 20, ...parts });

/** The rules that complain about these rows, once each has had the time to. */
async function complaints(statements: readonly string[]): Promise<string[]> {
  for (const statement of statements) await run(statement);
  const watching = watch();
  const began = performance.now();
  await eventually(() => (watching.looks() > 3 && performance.now() - began > 4 * boundMs) || undefined);
  return (await watching.stop()).map(({ rule: name, subject }) => `${name}: ${subject}`);
}

describe('the invariant checker', () => {
  it.each<[string, string, string[]]>([
    [
      'claimed by a life that has ended',
      'a task in progress has a live claim: tsk_1',
      [task(`('tsk_1', '', '', 'in_progress', 'high', 'cmo', '', now(), now(), 'ins_dead', ${ahead})`)],
    ],
    [
      'whose lease has run out',
      'a task in progress has a live claim: tsk_1',
      [task(`('tsk_1', '', '', 'in_progress', 'high', 'cmo', '', now(), now(), 'ins_cmo', ${ago})`)],
    ],
    [
      'held by nobody',
      'a task in progress has a live claim: tsk_1',
      [task(`('tsk_1', '', '', 'in_progress', 'high', 'cmo', '', now(), now(), null, null)`)],
    ],
    [
      'due, with an idle assignee that was not woken',
      'a pending task has something that will wake its assignee: tsk_1',
      [task(`('tsk_1', '', '', 'pending', 'high', 'cmo', '', now(), ${ago}, null, null)`)],
    ],
    [
      'due, with an assignee that was woken for it once and is overdue to be woken again',
      'a pending task has something that will wake its assignee: tsk_1',
      [
        task(`('tsk_1', '', '', 'pending', 'high', 'cmo', '', now(), ${ago}, null, null)`),
        attempt(`('cmo', 'task', 'tsk_1', 'pending 0', 1, ${ago}, false)`),
      ],
    ],
    [
      'that its assignee ran in circles over, after a human has answered',
      'a pending task has something that will wake its assignee: tsk_1',
      [
        task(`('tsk_1', '', '', 'pending', 'high', 'cmo', '', now(), ${ago}, null, null)`),
        attempt(`('cmo', 'task', 'tsk_1', 'pending 0', 5, ${ago}, true)`),
        escalation(`('esc_1', 'agent_stuck', 'cmo/task/tsk_1', '', '', 'high', 'resolved', now())`),
      ],
    ],
    [
      'for a role that does not exist',
      'a pending task has something that will wake its assignee: tsk_1',
      [task(`('tsk_1', '', '', 'pending', 'high', 'clown', '', now(), ${ahead}, null, null)`)],
    ],
    [
      'due in a year',
      'a pending task has something that will wake its assignee: tsk_1',
      [task(`('tsk_1', '', '', 'pending', 'high', 'cmo', '', now(), now() + interval '1 year', null, null)`)],
    ],
    [
      'without a deadline',
      'a pending decision has a voter told and a deadline: dec_1',
      [
        decision(`('dec_1', '', '', 'major', ${rule}, 'pending', '', '', 1, now(), null, now())`),
        attempt(`('ceo', 'decision', 'dec_1', 'vote 1', 1, now(), false)`),
      ],
    ],
    [
      'past its deadline',
      'a pending decision has a voter told and a deadline: dec_1',
      [
        decision(`('dec_1', '', '', 'major', ${rule}, 'pending', '', '', 1, now(), ${ago}, now())`),
        attempt(`('ceo', 'decision', 'dec_1', 'vote 1', 1, now(), false)`),
      ],
    ],
    [
      'whose voter was told of an earlier round only',
      'a pending decision has a voter told and a deadline: dec_1',
      [
        decision(`('dec_1', '', '', 'major', ${rule}, 'pending', '', '', 2, now(), ${ahead}, now())`),
        attempt(`('ceo', 'decision', 'dec_1', 'vote 1', 1, now(), false)`),
      ],
    ],
    [
      'that nobody is left to vote on',
      'a pending decision has a voter told and a deadline: dec_1',
      [
        decision(`('dec_1', '', '', 'major', ${rule}, 'pending', '', '', 1, now(), ${ahead}, now())`),
        `insert into decision_votes values ('dec_1', 1, 'ceo', 'approve', '', 'ceo', now())`,
      ],
    ],
    [
      'of a decision, and no human is asked',
      'an escalation has an owner: dec_1',
      [decision(`('dec_1', '', '', 'major', ${rule}, 'escalated', '', '', 1, now(), ${ahead}, now())`)],
    ],
    [
      'of a decision that does not wait',
      'an escalation has an owner: esc_1',
      [
        decision(`('dec_1', '', '', 'major', ${rule}, 'approved', '', '', 1, now(), ${ahead}, now())`),
        escalation(`('esc_1', 'decision', 'dec_1', '', '', 'high', 'open', now())`),
      ],
    ],
    [
      'of an agent that was given up, and no human was called',
      'an escalation has an owner: cmo/task/tsk_1',
      [attempt(`('cmo', 'task', 'tsk_1', 'pending 0', 5, now(), true)`)],
    ],
    [
      'that nobody has a key to answer',
      'an escalation has an owner: esc_1',
      [escalation(`('esc_1', 'human_requested', 'cmo', '', '', 'high', 'open', now())`), 'delete from api_keys'],
    ],
    [
      'without a life, though its status says that it runs',
      'a wanted agent runs or has a time for its next attempt: cto',
      [agent(`('cto', 'agt_3', now(), 'running', ${ago}, 'running', '', now(), 0, null)`)],
    ],
    [
      'backing off past its next attempt',
      'a wanted agent runs or has a time for its next attempt: cto',
      [agent(`('cto', 'agt_3', now(), 'running', ${ago}, 'backing_off', '', now(), 0, ${ago})`)],
    ],
    [
      'given up, and no human was called',
      'a wanted agent runs or has a time for its next attempt: cto',
      [agent(`('cto', 'agt_3', now(), 'running', ${ago}, 'failed', '', now(), 0, null)`)],
    ],
    [
      'that its idle reader was not woken for',
      'a message that is due wakes its reader: msg_1',
      [`insert into messages values (default, 'msg_1', 'cmo', 'operator:anna', '', 'high', '{}', now(), ${ago})`],
    ],
    [
      'in a life that has ended',
      'a loop at work belongs to a life: lop_1',
      [
        `insert into agent_loops (id, agent_type, instance_id, wakes, initiative, status, started_at)
          values ('lop_1', 'cmo', 'ins_dead', '[]', false, 'running', now())`,
      ],
    ],
  ])('names the row that is wrong, %s: %s', async (_what, complaint, statements) => {
    expect(await complaints(statements)).toEqual([complaint]);
  });

  it('has nothing to say about a team that works as it should', async () => {
    const statements = [
      task(`('tsk_1', '', '', 'in_progress', 'high', 'cmo', '', now(), now(), 'ins_cmo', ${ahead}),
        ('tsk_2', '', '', 'pending', 'high', 'cmo', '', now(), ${ahead}, null, null),
        ('tsk_3', '', '', 'pending', 'high', 'cmo', '', now(), now(), null, null),
        ('tsk_4', '', '', 'completed', 'high', 'cmo', '', now(), now(), null, null)`),
      attempt(`('cmo', 'task', 'tsk_3', 'pending 0', 1, now(), false),
        ('ceo', 'decision', 'dec_1', 'vote 1', 1, now(), false)`),
      decision(`('dec_1', '', '', 'major', ${rule}, 'pending', '', '', 1, now(), ${ahead}, now()),
        ('dec_2', '', '', 'major', ${rule}, 'escalated', '', '', 1, now(), ${ahead}, now()),
        ('dec_3', '', '', 'major', ${rule}, 'approved', '', '', 1, now(), ${ago}, now())`),
      escalation(`('esc_1', 'decision', 'dec_2', '', '', 'high', 'open', now()),
        ('esc_2', 'agent_failed', 'cto', '', '', 'high', 'open', now())`),
      agent(`('cto', 'agt_3', now(), 'running', ${ago}, 'failed', '', now(), 0, null),
        ('cfo', 'agt_4', now(), 'running', ${ago}, 'backing_off', '', now(), 0, ${ahead}),
        ('coo', 'agt_5', now(), 'stopped', ${ago}, 'stopped', '', now(), 0, null)`),
    ];
    expect(await complaints(statements)).toEqual([]);
  });

  it('does not count what passes in time, nor the time in which nobody was there to keep the promise', async () => {
    const pending = task(`('tsk_1', '', '', 'pending', 'high', 'cmo', '', now(), ${ago}, null, null)`);
    const longBoundMs = 1_500;
    let isUp = true;
    const watching = watch({ isUp: () => isUp, boundMs: longBoundMs });
    const lookTwice = async () => {
      const looked = watching.looks();
      await eventually(() => watching.looks() > looked + 2 || undefined);
    };
    for (const began = performance.now(); performance.now() - began < 2 * longBoundMs; ) {
      await run(pending);
      await lookTwice();
      await run('truncate tasks');
      await lookTwice();
    }
    isUp = false;
    await run(pending);
    const began = performance.now();
    await eventually(() => performance.now() - began > 2 * longBoundMs || undefined);
    expect(await watching.stop()).toEqual([]);
  });
});
