import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.dispose());

const propose = (body: object) => stage.ok('proposeDecision', { body });
/** How the database would go about it, were the log too long to read as a whole. */
async function planOf(query: string): Promise<string> {
  const client = new pg.Client(stage.databaseUrl);
  await client.connect();
  try {
    await client.query('set enable_seqscan = off');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${query}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  } finally {
    await client.end();
  }
}

const titles = ({ decisions }: { decisions: readonly { title: string }[] }) => decisions.map(({ title }) => title);
const hoursUntil = (deadline: string | null) => Math.round((Date.parse(deadline ?? '') - Date.now()) / 3_600_000);

describe('a proposal', () => {
  it('answers 201 with the whole decision: major, pending, by the operator whose key was used', async () => {
    const { status, body } = await stage.ask('proposeDecision', {
      key: stage.keys.operator,
      body: { title: 'Open a shop' },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      title: 'Open a shop',
      description: '',
      status: 'pending',
      decisionType: 'major',
      proposedBy: 'operator:a operator',
      ceoVote: null,
      daoVote: null,
      round: 1,
      votes: [],
      statements: [],
      escalation: null,
      onApprove: [],
      rule: { voters: ['ceo', 'dao'], humanConfirms: false, atDeadline: 'escalate' },
    });
  });

  it.each([
    ['operational', 'approved', Number.NaN],
    ['minor', 'pending', 4],
    ['major', 'pending', 24],
    ['critical', 'pending', 48],
  ])('of tier %s is %s, with a deadline in %s hours', async (decisionType, status, hours) => {
    const decision = await propose({ title: `A ${decisionType} matter`, decisionType });
    expect(decision).toMatchObject({ decisionType, status });
    expect(hoursUntil(decision.deadline)).toBe(hours);
  });

  it('is raised to the tier that policy asks for what it sets in motion, never lowered', async () => {
    const stopping = [{ kind: 'stop_agent', agentType: 'cfo' }];
    const raised = await propose({ title: 'Stop the CFO', decisionType: 'operational', onApprove: stopping });
    expect(raised).toMatchObject({ decisionType: 'major', status: 'pending' });
    const kept = await propose({ title: 'Stop the CFO, gravely', decisionType: 'critical', onApprove: stopping });
    expect(kept.decisionType).toBe('critical');
  });

  it('shows what its approval will set in motion, which waits', async () => {
    const action = {
      kind: 'create_task',
      task: { title: 'Rent a place', description: '', assignTo: 'coo', priority: 'high' },
    };
    const { onApprove } = await propose({ title: 'Rent', onApprove: [action] });
    expect(onApprove).toMatchObject([{ action, status: 'waiting', outcome: null, executedAt: null }]);
    expect((await stage.ok('listTasks', { query: { assignedTo: 'coo' } })).total).toBe(0);
  });

  it('that is approved at once sets it in motion at once', async () => {
    const task = { title: 'At once', assignTo: 'cto' };
    const decision = await propose({
      title: 'A trifle',
      decisionType: 'operational',
      onApprove: [{ kind: 'create_task', task }],
    });
    expect(decision).toMatchObject({ status: 'approved', onApprove: [{ status: 'done' }] });
    const { tasks } = await stage.ok('listTasks', { query: { assignedTo: 'cto' } });
    expect(tasks.map(({ title }) => title)).toEqual(['At once']);
  });

  it('is shown again as it was answered', async () => {
    const decision = await propose({ title: 'Shown again', description: 'In full: “Ünïcode”\n☃' });
    expect(await stage.ok('getDecision', { params: { id: decision.id } })).toEqual(decision);
  });

  it('is told of in the log with its voters and its deadline', async () => {
    const { id, deadline } = await propose({ title: 'Told of' });
    const { events } = await stage.ok('listEvents', { query: { type: 'decision_proposed', limit: 1 } });
    expect(events[0]?.payload).toMatchObject({
      decisionId: id,
      title: 'Told of',
      decisionType: 'major',
      voters: ['ceo', 'dao'],
      deadline,
    });
  });
});

describe('a proposal that would set in motion what cannot be', () => {
  const refused = async (code: 'agent_not_found' | 'setting_not_found' | 'invalid_request', action: object) => {
    const { total } = await stage.ok('listDecisions');
    const body = { title: 'Cannot be', onApprove: [action] };
    const problem = await stage.refusal('proposeDecision', code, { body });
    expect((await stage.ok('listDecisions')).total).toBe(total);
    return problem;
  };

  it.each([
    { kind: 'start_agent', agentType: 'nobody' },
    { kind: 'stop_agent', agentType: 'nobody' },
    { kind: 'create_task', task: { title: 't', assignTo: 'nobody' } },
  ])('names an agent that is not there: refused, and not kept ($kind)', async (action) => {
    await refused('agent_not_found', action);
  });

  it.each([
    ['queue', 'delay_whenever'],
    ['nonsense', 'delay_high'],
    ['agents', 'loop_interval_'],
    ['constructor', 'name'],
  ])('names a setting that is not there: refused, and not kept (%s.%s)', async (category, key) => {
    await refused('setting_not_found', { kind: 'change_setting', category, key, value: 1 });
  });

  it('gives a setting a value that is not allowed: refused, and not kept', async () => {
    const action = { kind: 'change_setting', category: 'queue', key: 'delay_high', value: -1 };
    const { errors } = await refused('invalid_request', action);
    expect(errors).toEqual([{ path: 'value', message: expect.any(String) }]);
  });

  it('is of a kind that is not there: refused, and not kept', async () => {
    await refused('invalid_request', { kind: 'launch_rocket' });
    await refused('invalid_request', { kind: 'stop_agent' });
  });
});

describe('what the log tells of a decision', () => {
  const told = async (id: string, query: Record<string, number> = {}) =>
    (await stage.ok('getDecisionEvents', { params: { id }, query })).events;
  const kinds = (events: readonly { eventType: string }[]) => events.map(({ eventType }) => eventType);

  it('is of that decision alone, newest first, and oldest first after a place', async () => {
    const { id } = await propose({ title: 'Told in full' });
    await propose({ title: 'Another in between' });
    await stage.ok('castVote', { params: { id }, body: { voterType: 'ceo', vote: 'veto', reason: 'no' } });
    await stage.ok('escalateDecision', { params: { id }, body: { reason: 'over to a human' } });
    const events = await told(id);
    expect(kinds(events)).toEqual(['escalation_created', 'decision_voted', 'decision_proposed']);
    expect(new Set(events.map(({ payload }) => payload['decisionId']))).toEqual(new Set([id]));
    expect(await told(id, { after: 0 })).toEqual(events.toReversed());
  });

  it('is read in pages that miss nothing and repeat nothing', async () => {
    const { id } = await propose({ title: 'Told in pages', decisionType: 'operational' });
    const [latest, first] = await told(id);
    expect(kinds([latest, first].flatMap((event) => event ?? []))).toEqual(['decision_resolved', 'decision_proposed']);
    expect(await told(id, { limit: 1 })).toEqual([latest]);
    expect(await told(id, { limit: 1, before: latest?.seq ?? 0 })).toEqual([first]);
    expect(await told(id, { before: first?.seq ?? 0 })).toEqual([]);
  });

  it('is read through its own index, however long the log is', async () => {
    const { id } = await propose({ title: 'Found at once' });
    const plan = await planOf(
      `select * from events where (payload ->> 'decisionId') = '${id}' order by seq desc limit 100`,
    );
    expect(plan).toContain('events_by_decision');
  });
});

describe('a decision that is not there', () => {
  it.each(['dec_01h455vb4pex5vsknk084sn02q', 'dec_', 'nonsense', "dec_' or 1=1 --"])('is 404: %s', async (id) => {
    await stage.refusal('getDecision', 'decision_not_found', { params: { id } });
    await stage.refusal('getDecisionEvents', 'decision_not_found', { params: { id } });
  });

  it('is 404 by the id of something else', async () => {
    const { task } = await stage.ok('createTask', { body: { title: 't', assignTo: 'ceo' } });
    await stage.refusal('getDecision', 'decision_not_found', { params: { id: task.id } });
  });
});

describe('the lists of decisions', () => {
  let before: number;
  let pendingBefore: number;
  beforeAll(async () => {
    before = (await stage.ok('listDecisions')).total;
    pendingBefore = (await stage.ok('listPendingDecisions')).total;
    for (let index = 0; index < 6; index += 1)
      await propose({ title: `Listed ${index}`, decisionType: index % 2 === 0 ? 'operational' : 'major' });
  });

  it('are newest first, 50 at a time unless asked otherwise, with how many there are', async () => {
    const all = await stage.ok('listDecisions');
    expect(titles(all).slice(0, 6)).toEqual([5, 4, 3, 2, 1, 0].map((index) => `Listed ${index}`));
    expect(all).toMatchObject({ total: before + 6, limit: 50, offset: 0 });
  });

  it('hold one status when asked for it; the total counts that', async () => {
    const approved = await stage.ok('listDecisions', { query: { status: 'approved', limit: 3 } });
    expect(titles(approved)).toEqual(['Listed 4', 'Listed 2', 'Listed 0']);
    const pending = await stage.ok('listDecisions', { query: { status: 'pending' } });
    expect(pending.total).toBe(pendingBefore + 3);
    expect(await stage.ok('listDecisions', { query: { status: 'withdrawn' } })).toMatchObject({ total: 0 });
  });

  it('hold several statuses when asked for them, and one tier', async () => {
    const both = await stage.ok('listDecisions', { query: { status: 'approved,pending', limit: 6 } });
    expect(titles(both)).toEqual([5, 4, 3, 2, 1, 0].map((index) => `Listed ${index}`));
    const totals = ['approved', 'pending'].map(
      async (status) => (await stage.ok('listDecisions', { query: { status } })).total,
    );
    const [approved = 0, pending = 0] = await Promise.all(totals);
    expect(both.total).toBe(approved + pending);
    const major = await stage.ok('listDecisions', { query: { decisionType: 'major', limit: 3 } });
    expect(titles(major)).toEqual(['Listed 5', 'Listed 3', 'Listed 1']);
    expect(major.decisions.map(({ decisionType }) => decisionType)).toEqual(['major', 'major', 'major']);
  });

  it.each(['approved,', 'approved,nonsense', 'approved, pending', ','])(
    'of a status that is none are 400: %s',
    async (status) => {
      await stage.refusal('listDecisions', 'invalid_request', { query: { status } });
    },
  );

  it('are at /decisions/pending those that wait for votes, and nothing else', async () => {
    const pending = await stage.ok('listPendingDecisions', { query: { limit: 2, offset: 1 } });
    expect(titles(pending)).toEqual(['Listed 3', 'Listed 1']);
    expect(pending).toMatchObject({ total: pendingBefore + 3, limit: 2, offset: 1 });
    const same = await stage.ok('listDecisions', { query: { status: 'pending', limit: 2, offset: 1 } });
    expect(pending).toEqual(same);
  });

  it('show each decision once, page by page', async () => {
    const pages: string[] = [];
    for (let offset = 0; offset < before + 6; offset += 4)
      pages.push(...(await stage.ok('listDecisions', { query: { limit: 4, offset } })).decisions.map(({ id }) => id));
    const all = await stage.ok('listDecisions', { query: { limit: 200 } });
    expect(pages).toEqual(all.decisions.map(({ id }) => id));
  });

  it.each(['listDecisions', 'listPendingDecisions'] as const)(
    'of %s go on behind an id, and the total stays',
    async (name) => {
      const all = await stage.ok(name, { query: { limit: 200 } });
      const ids: string[] = [];
      for (let more = true; more; ) {
        const last = ids.at(-1);
        const page = await stage.ok(name, { query: { limit: 4, ...(last !== undefined && { before: last }) } });
        expect(page.total).toBe(all.total);
        ids.push(...page.decisions.map(({ id }) => id));
        more = page.decisions.length > 0;
      }
      expect(ids).toEqual(all.decisions.map(({ id }) => id));
    },
  );
});

describe('the lists of decisions, narrowed further,', () => {
  it('hold what has these words in its title, in any case and taken literally', async () => {
    await propose({ title: 'Raise prices by 50% (all_of_them)' });
    await propose({ title: String.raw`A path such as C:\temp` });
    const found = async (search: string) => titles(await stage.ok('listDecisions', { query: { search } }));
    expect(await found('PRICES by 50%')).toEqual(['Raise prices by 50% (all_of_them)']);
    expect(await found('all_of')).toEqual(['Raise prices by 50% (all_of_them)']);
    expect(await found(String.raw`c:\T`)).toEqual([String.raw`A path such as C:\temp`]);
    expect(await found('L_sted')).toEqual([]);
    expect(await found('%temp')).toEqual([]);
  });

  it('tell of each its round, its deadline and why it stands as it does', async () => {
    const decision = await propose({ title: 'Told in the list' });
    const { decisions } = await stage.ok('listDecisions', { query: { limit: 1 } });
    const { id, round, deadline, because } = decision;
    expect(decisions).toMatchObject([{ id, round, deadline, because }]);
    expect(because).toContain('CEO and DAO');
  });
});

closeBook('decisions-routes');
