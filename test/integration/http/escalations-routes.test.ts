import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBook } from '../../support/http-coverage.ts';
import { raiseEscalations } from '../../support/http-escalations.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
let cfoId: string;
beforeAll(async () => {
  stage = await openStage();
  cfoId = (await stage.ok('getAgent', { params: { type: 'cfo' } })).id;
});
afterAll(() => stage.dispose());

const open = (query: Record<string, string | number> = {}) => stage.ok('listEscalations', { query });
const resolved = (query: Record<string, string | number> = {}) =>
  stage.ok('listEscalations', { query: { status: 'resolved', ...query } });

/** A question of the CFO's, as its tool request_human raises it. */
async function ask(question: string, priority: 'critical' | 'high' | 'normal' = 'normal'): Promise<string> {
  const actor = { name: 'cfo', agentId: cfoId };
  const escalation = { kind: 'human_requested', subject: 'cfo', title: question, reason: question, priority } as const;
  const [id = ''] = await raiseEscalations(stage.databaseUrl, actor, [escalation]);
  return id;
}

const answer = (id: string, resolution: string) => ({ params: { id }, body: { resolution } });

describe('what waits for a human', () => {
  it('is listed most urgent first, and oldest first among equals', async () => {
    await ask('Normal, first');
    await ask('High, first', 'high');
    await ask('Critical', 'critical');
    await ask('High, second', 'high');
    await ask('Normal, second');
    const { escalations, ...page } = await open();
    expect(escalations.map(({ title }) => title)).toEqual([
      'Critical',
      'High, first',
      'High, second',
      'Normal, first',
      'Normal, second',
    ]);
    expect(page).toEqual({ total: 5, limit: 50, offset: 0 });
  });

  it('is listed page by page, each once', async () => {
    const all = (await open()).escalations.map(({ id }) => id);
    const pages: string[] = [];
    for (let offset = 0; offset < all.length; offset += 2) {
      const page = await open({ limit: 2, offset });
      expect(page).toMatchObject({ total: all.length, limit: 2, offset });
      pages.push(...page.escalations.map(({ id }) => id));
    }
    expect(pages).toEqual(all);
  });

  it('is told of in the log with what it is about', async () => {
    const id = await ask('Told of');
    const { events } = await stage.ok('listEvents', { query: { type: 'escalation_created', limit: 1 } });
    expect(events[0]).toMatchObject({
      sourceAgent: cfoId,
      payload: { escalationId: id, kind: 'human_requested', subject: 'cfo', title: 'Told of', actor: 'cfo' },
    });
  });
});

describe('a human’s answer', () => {
  it('closes a question, and is put into the inbox of the agent that asked', async () => {
    const id = await ask('May I?');
    const { escalation } = await stage.ok('resolveEscalation', answer(id, 'Yes, you may.'));
    expect(escalation).toMatchObject({
      id,
      kind: 'human_requested',
      status: 'resolved',
      resolution: 'Yes, you may.',
      resolvedBy: 'operator:admin',
    });
    expect((await open({ limit: 200 })).escalations.map((each) => each.id)).not.toContain(id);
    expect((await resolved()).escalations[0]).toEqual(escalation);
    const { events } = await stage.ok('getAgentEvents', { params: { type: 'cfo' }, query: { limit: 200 } });
    const sent = events.filter(({ eventType }) => eventType === 'message_sent');
    expect(sent.map(({ payload }) => payload['message'])).toEqual(['Yes, you may.']);
  });

  it('is given once: a second one is refused, says what was answered, and changes nothing', async () => {
    const id = await ask('Only once?');
    const { escalation } = await stage.ok('resolveEscalation', answer(id, 'Only once.'));
    const { detail } = await stage.refusal('resolveEscalation', 'escalation_closed', answer(id, 'Or twice.'));
    expect(detail).toContain('Only once.');
    expect((await resolved()).escalations[0]).toEqual(escalation);
  });

  it('given by two at once counts once, and reaches the agent once', async () => {
    const id = await ask('Who is first?');
    const two = ['I am', 'no, I am'].map((word) => stage.ask('resolveEscalation', answer(id, word)));
    const outcomes = (await Promise.all(two)).map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set([200, 'escalation_closed']));
    const { events } = await stage.ok('listEvents', { query: { type: 'message_sent', limit: 200 } });
    const answers = events.filter(({ payload }) => String(payload['message']).endsWith('I am'));
    expect(answers).toHaveLength(1);
  });

  it('to a decision belongs to the decision: refused, told where, and nothing changed', async () => {
    const decision = await stage.ok('proposeDecision', { body: { title: 'Decide' } });
    const params = { id: decision.id };
    await stage.ok('escalateDecision', { params, body: { reason: 'r' } });
    const { escalation } = await stage.ok('getDecision', { params });
    const ofDecision = answer(escalation?.id ?? '', 'approved');
    const { detail } = await stage.refusal('resolveEscalation', 'not_allowed', ofDecision);
    expect(detail).toContain(`/decisions/${decision.id}/resolve`);
    expect((await stage.ok('getDecision', { params })).status).toBe('escalated');
    expect((await open({ limit: 200 })).escalations.map(({ id }) => id)).toContain(escalation?.id);
  });

  it('to a failure of an agent is no message to it', async () => {
    const failure = {
      kind: 'agent_failed',
      subject: 'cto',
      title: 'CTO failed',
      reason: '5 failures',
      priority: 'high',
    } as const;
    const [id = ''] = await raiseEscalations(stage.databaseUrl, { name: 'system', agentId: null }, [failure]);
    const { escalation } = await stage.ok('resolveEscalation', answer(id, 'seen'));
    expect(escalation).toMatchObject({ status: 'resolved', resolution: 'seen' });
    const { events } = await stage.ok('getAgentEvents', { params: { type: 'cto' } });
    expect(events.map(({ eventType }) => eventType)).not.toContain('message_sent');
  });

  it('to what is not there is 404', async () => {
    for (const id of ['esc_01h455vb4pex5vsknk084sn02q', 'nonsense'])
      await stage.refusal('resolveEscalation', 'escalation_not_found', answer(id, 'to whom?'));
  });
});

describe('what was answered', () => {
  it('is listed newest first, apart from what still waits', async () => {
    for (const question of ['Older?', 'Newer?'])
      await stage.ok('resolveEscalation', answer(await ask(question), 'Yes.'));
    const { escalations, total } = await resolved({ limit: 2 });
    expect(escalations.map(({ title }) => title)).toEqual(['Newer?', 'Older?']);
    const all = await resolved({ limit: 200 });
    expect(all.escalations).toHaveLength(total);
    expect(new Set(all.escalations.map(({ status }) => status))).toEqual(new Set(['resolved']));
  });
});

closeBook('escalations-routes');
