import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliEnd, runCli, startCli } from '../../support/cli.ts';
import { eventually } from '../../support/eventually.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.dispose());

const boardroom = (...words: string[]): Promise<CliEnd> =>
  runCli(words, { environment: { BOARDROOM_API_URL: stage.url, BOARDROOM_KEY: stage.keys.admin } });

/** What it prints when it does what it is for. */
async function done(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await boardroom(...words);
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr });
  return stdout;
}

/** The same as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers that the contract checks elsewhere
const json = async (...words: string[]): Promise<any> => JSON.parse(await done(...words, '--json'));

describe('status', () => {
  it('shows how it stands, and as JSON the health and the counts', async () => {
    const text = await done('status');
    expect(text).toMatch(/^status +healthy$/m);
    expect(text).toMatch(/^redis +embedded$/m);
    expect(await json('status')).toMatchObject({ health: { status: 'healthy' }, waiting: { escalations: 0 } });
  });
});

describe('agents', () => {
  it('lists the team, and shows one of it', async () => {
    expect(await done('agents')).toMatch(/^cmo +stopped/m);
    expect(await json('agents')).toEqual(await stage.ok('listAgents'));
    expect(await done('agents', 'cmo')).toMatch(/^status +stopped: /m);
  });

  it('are started, restarted, paused and stopped', async () => {
    const wanted = async () => (await stage.ok('getAgent', { params: { type: 'cfo' } }))['desired'];
    expect(await done('start', 'cfo')).toBe('Agent cfo started\n');
    expect(await wanted()).toBe('running');
    const before = (await stage.ok('getAgent', { params: { type: 'cfo' } })).containerId;
    expect(await json('restart', 'cfo')).toMatchObject({ success: true });
    expect((await stage.ok('getAgent', { params: { type: 'cfo' } })).containerId).not.toBe(before);
    await done('pause', 'cfo');
    expect((await stage.ok('getAgent', { params: { type: 'cfo' } }))['pausedBy']).toBe('operator:admin');
    expect(await done('start', 'cfo')).toBe('Agent cfo started\n');
    expect(await done('stop', 'cfo')).toBe('Agent cfo stopped\n');
    expect(await wanted()).toBe('stopped');
  });

  it('are all stopped and all started by one command each', async () => {
    const pausedBy = async () => (await stage.ok('getAgent', { params: { type: 'cto' } }))['pausedBy'];
    await done('stop-all');
    expect(await pausedBy()).toBe('operator:admin');
    await done('start-all');
    expect(await pausedBy()).toBeNull();
  });
});

describe('logs', () => {
  it('are the last lines of the container', async () => {
    await done('start', 'cco');
    const message = { message: 'Say something', priority: 'critical' };
    await stage.ok('messageAgent', { params: { type: 'cco' }, body: message });
    const text = await eventually(
      async () => {
        const answer = await boardroom('logs', 'cco');
        return answer.stdout.split('\n').length > 2 ? answer.stdout : undefined;
      },
      { what: 'lines', withinMs: 20_000 },
    );
    expect(JSON.parse(text.split('\n')[0] ?? '')).toHaveProperty('msg');
    expect((await json('logs', 'cco', '--tail', '1')).lines).toHaveLength(1);
    await done('stop', 'cco');
  });
});

describe('task', () => {
  it('is added, listed, shown and cancelled', async () => {
    expect(await done('task', 'add', 'Write the letter', '--to', 'cmo', '-p', 'low', '-d', 'A long one')).toMatch(
      /^tsk_\w+ for cmo, wakes it /,
    );
    const { tasks } = await json('task', 'ls', '--to', 'cmo', '--status', 'pending');
    expect(tasks).toMatchObject([{ title: 'Write the letter', priority: 'low', description: 'A long one' }]);
    const [{ id }] = tasks;
    expect(await done('task', 'ls')).toContain(id);
    expect(await done('task', 'show', id)).toMatch(/^title +Write the letter$/m);
    expect(await done('task', 'cancel', id, '--reason', 'No need')).toBe(`${id} is cancelled: Write the letter\n`);
    expect(await stage.ok('getTask', { params: { id } })).toMatchObject({ status: 'cancelled', result: 'No need' });
  });
});

describe('decisions', () => {
  const propose = async (title: string) => (await stage.ok('proposeDecision', { body: { title } })).id;

  it('are listed, shown and voted on', async () => {
    const id = await propose('Print the letter');
    expect(await done('decisions', 'ls', '--status', 'pending')).toContain(id);
    await done('decisions', 'vote', id, 'approve', '--as', 'ceo', '--reason', 'It is short');
    expect(await done('decisions', 'vote', id, 'approve', '--as', 'dao', '--round', '1')).toMatch(/ is approved; /);
    expect(await stage.ok('getDecision', { params: { id } })).toMatchObject({ status: 'approved' });
    expect(await done('decisions', 'show', id)).toMatch(/1\. ceo approve \(by operator:admin\): It is short$/m);
  });

  it('are escalated and resolved', async () => {
    const id = await propose('Sell the house');
    expect(await done('decisions', 'escalate', id, '--reason', 'Too big')).toContain(`${id} is escalated`);
    expect((await json('decisions', 'resolve', id, 'reject', '--reason', 'We live in it')).status).toBe('rejected');
    expect((await stage.ok('getDecision', { params: { id } }))['resolvedBy']).toBe('operator:admin');
  });
});

describe('domains', () => {
  it('are added, listed and removed', async () => {
    await done('domains', 'add', 'API.Example.com', '--category', 'research', '-d', 'For looking things up');
    expect(await done('domains', 'ls')).toMatch(/^api\.example\.com +research +yes +For looking things up$/m);
    await done('domains', 'rm', 'api.example.com');
    expect((await json('domains', 'ls')).domains).toEqual([]);
    expect((await json('domains', 'ls', '--all')).domains).toMatchObject([
      { domain: 'api.example.com', isActive: false },
    ]);
  });
});

describe('jobs', () => {
  it('are listed, run, paused, resumed, added and removed', async () => {
    expect(await done('jobs')).toMatch(/^retention +17 3 \* \* \*/m);
    await done('jobs', 'pause', 'retention');
    expect(await done('jobs', 'ls')).toMatch(/^retention .*paused$/m);
    expect(await done('jobs', 'resume', 'retention')).toMatch(/^retention runs /);
    await done('jobs', 'run', 'retention');
    await eventually(async () =>
      (await json('jobs', 'runs', 'retention')).runs[0]?.status === 'done' ? true : undefined,
    );
    expect(await done('jobs', 'runs', 'retention')).toMatch(/done +\d+ +nothing to do$/m);
    const weekly = ['jobs', 'add', 'weekly', '--cron', '0 9 * * 1', '--to', 'cfo'];
    expect(await boardroom(...weekly)).toMatchObject({ code: 2, stderr: expect.stringContaining('either --task') });
    expect(await done(...weekly, '--task', 'Figures', '-z', 'Europe/Berlin')).toMatch(/^weekly runs /);
    const { jobs } = await stage.ok('listJobs');
    expect(jobs.find(({ id }) => id === 'weekly')).toMatchObject({ timeZone: 'Europe/Berlin', kind: 'own' });
    await done('jobs', 'rm', 'weekly');
    expect(await boardroom('jobs', 'rm', 'weekly')).toMatchObject({ code: 1 });
  });
});

describe('the focus', () => {
  it('is shown and moved', async () => {
    expect(await done('focus')).toMatch(/^riskTolerance +50 +0: only what is safe; 100: bold/m);
    await done('focus', 'set', 'riskTolerance=20', 'timeHorizon=80');
    expect(await stage.ok('getFocus')).toMatchObject({ riskTolerance: 20, timeHorizon: 80, revenueFocus: 50 });
    for (const wrong of ['riskTolerance=101', 'mood=5', 'riskTolerance']) {
      expect(await boardroom('focus', 'set', wrong)).toMatchObject({ code: 2 });
    }
  });
});

describe('knowledge', () => {
  it('is added, found, shown and taken away', async () => {
    expect(await done('knowledge', 'add', 'The oven', 'We bake at dawn')).toMatch(/^doc_\w+ is known$/m);
    const [found] = (await json('knowledge', 'search', 'bake', 'dawn')).results;
    expect(await done('knowledge', 'show', found.id)).toContain('We bake at dawn');
    expect(await done('knowledge', 'ls')).toContain('The oven');
    await done('knowledge', 'rm', found.id);
    expect((await json('knowledge', 'search', 'bake', 'dawn')).results).toEqual([]);
  });
});

describe('settings', () => {
  it('are read by name, by category and all, and changed', async () => {
    expect(await done('settings', 'get', 'queue.delay_high')).toBe('30000\n');
    expect(await done('settings', 'set', 'queue.delay_high', '1000')).toBe('queue.delay_high is 1000\n');
    expect(await json('settings', 'get', 'queue.delay_high')).toBe(1_000);
    const reading = startCli(['settings', 'set', 'secrets.GITHUB_TOKEN', '-'], {
      environment: { BOARDROOM_API_URL: stage.url, BOARDROOM_KEY: stage.keys.admin },
    });
    reading.child.stdin.end('hush-hush-1\n');
    expect(await reading.ended).toMatchObject({ code: 0, stdout: 'secrets.GITHUB_TOKEN is "********"\n' });
    await done('settings', 'set', 'llm.routing_strategy', 'agent-role');
    expect(await json('settings', 'get', 'llm')).toMatchObject({ 'llm.routing_strategy': 'agent-role' });
    expect(await done('settings', 'get')).toMatch(/^decisions\.max_rounds +3$/m);
    expect(await boardroom('settings', 'get', 'no.such')).toMatchObject({ code: 1 });
  });
});

describe('budgets and usage', () => {
  it('are shown in dollars and counts', async () => {
    await done('settings', 'set', 'budgets.team', '{"monthly":{"usd":12.5},"daily":{"calls":1000}}');
    const text = await done('budgets');
    expect(text).toMatch(/^team\.monthly\.usd +\$12\.50 +\$0\.00 +\$0\.00 +0 %/m);
    expect(text).toMatch(/^team\.daily\.calls +1,000 /m);
    expect(await done('usage', '--by', 'model,day', '--from', '2030-01-01', '--to', '2030-02-01')).toMatch(
      /^MODEL +DAY +CALLS/,
    );
    expect(await json('usage')).toMatchObject({ usage: expect.any(Array), total: expect.any(Number) });
  });
});

describe('keys', () => {
  it('are made, listed and revoked; the secret stands alone on the standard output', async () => {
    const secret = (await done('keys', 'create', 'a script', '--role', 'operator', '--expires', '2d')).trim();
    expect((await stage.send('GET', '/tasks', { key: secret })).status).toBe(200);
    const { keys } = await json('keys', 'ls');
    const made = keys.find(({ name }: { name: string }) => name === 'a script');
    expect(made).toMatchObject({ role: 'operator', revokedAt: null });
    expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBeCloseTo(2 * 86_400_000, -5);
    await done('keys', 'revoke', made.id);
    expect((await stage.send('GET', '/tasks', { key: secret })).status).toBe(401);
  });
});

describe('events', () => {
  it('are listed oldest first, by kind and from a place on', async () => {
    const { events } = await json('events', '--type', 'setting_changed');
    const seqs = events.map(({ seq }: { seq: number }) => seq);
    expect(seqs).toEqual(seqs.toSorted((one: number, other: number) => one - other));
    const after = await json('events', '--since', String(seqs[0]), '--type', 'setting_changed', '-n', '1');
    expect(after.events).toMatchObject([{ seq: seqs[1] }]);
    expect(await done('events', '--type', 'setting_changed')).toMatch(/setting_changed +operator:admin/);
  });
});
