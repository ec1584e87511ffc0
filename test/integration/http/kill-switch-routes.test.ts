import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminKey } from '../../support/boardroom.ts';
import { eventually } from '../../support/eventually.ts';
import { createClient } from '../../support/http-client.ts';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';
import { describeRedis } from '../../support/redis.ts';
import { startReplicas } from '../../support/replicas.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ BOARDROOM_AGENTS: 'cfo,coo' });
  for (const type of ['cfo', 'coo']) await stage.ok('startAgent', { params: { type } });
});
afterAll(() => stage.dispose());

const params = { type: 'cfo' };
const cfo = () => stage.ok('getAgent', { params });
const eventsOf = async (type: 'agent_paused' | 'agent_resumed') =>
  (await stage.ok('listEvents', { query: { type, limit: 200 } })).events.map(({ payload }) => payload['agentType']);

describe('one agent that is paused', () => {
  it('runs no longer, and it shows by whom', async () => {
    const { status, body } = await stage.ask('pauseAgent', { params, key: stage.keys.operator });
    expect({ status, body }).toEqual({ status: 200, body: { success: true, message: 'Agent cfo paused' } });
    const agent = await cfo();
    expect(agent).toMatchObject({ status: 'stopped', containerStatus: 'absent', desired: 'running' });
    expect(agent).toMatchObject({ pausedBy: 'operator:a operator', because: 'paused by operator:a operator' });
  });

  it('is paused once, however often it is said', async () => {
    await stage.ok('pauseAgent', { params });
    expect(await eventsOf('agent_paused')).toEqual(['cfo']);
  });

  it('is not freed by a decision of the agents', async () => {
    const onApprove = [{ kind: 'start_agent' as const, agentType: 'cfo' }];
    const { id } = await stage.ok('proposeDecision', {
      body: { title: 'We need the CFO', onApprove },
    });
    for (const voterType of ['ceo', 'dao'])
      await stage.ok('castVote', { params: { id }, body: { voterType, vote: 'approve' } });
    const executed = async () =>
      (await stage.ok('listEvents', { query: { type: 'action_executed', limit: 10 } })).events.find(
        ({ payload }) => payload['decisionId'] === id,
      );
    await eventually(executed, { what: 'the action' });
    expect(await cfo()).toMatchObject({ status: 'stopped', pausedBy: 'operator:a operator' });
  });

  it('is freed by an operator’s start', async () => {
    await stage.ok('startAgent', { params });
    expect(await cfo()).toMatchObject({ status: 'running', pausedBy: null });
    expect(await eventsOf('agent_resumed')).toEqual(['cfo']);
  });

  it('that is not there is 404', async () => {
    await stage.refusal('pauseAgent', 'agent_not_found', { params: { type: 'nobody' } });
  });
});

describe('when the runtime does not confirm in time', () => {
  it.each(['pauseAgent', 'stopAllAgents', 'startAllAgents'] as const)('%s answers 202, and happens', async (name) => {
    const hasty = await openStage({ BOARDROOM_AGENTS: 'cfo', CONFIRM_MS: '1' });
    try {
      const until = (status: string) =>
        eventually(async () => (await hasty.ok('getAgent', { params })).status === status || undefined, {
          what: status,
        });
      await until('running');
      if (name === 'startAllAgents') {
        await hasty.ask('stopAllAgents');
        await until('stopped');
      }
      const { status, body } = await hasty.ask(name, name === 'pauseAgent' ? { params } : {});
      expect(status).toBe(202);
      expect(body).toMatchObject({ success: true, message: expect.stringContaining('cfo') });
      await until(name === 'startAllAgents' ? 'running' : 'stopped');
    } finally {
      await hasty.dispose();
    }
  });
});

describe('the whole team', () => {
  it('stops by one call, its queue is held, and comes back as it was wanted', async () => {
    const stopped = await stage.ok('stopAllAgents');
    expect(stopped.agents.map(({ type }) => type)).toHaveLength(7);
    expect(new Set(stopped.agents.map(({ phase, confirmed }) => `${phase} ${confirmed}`))).toEqual(
      new Set(['stopped true']),
    );
    const { task } = await stage.ok('createTask', {
      body: { title: 'Count the chairs', assignTo: 'cfo', priority: 'critical' },
    });
    expect(await stage.ok('getTask', { params: { id: task.id } })).toMatchObject({ status: 'pending' });
    expect(await stage.ok('startAllAgents')).toMatchObject({ success: true });
    const { agents } = await stage.ok('listAgents');
    const running = agents.filter(({ status }) => status === 'running').map(({ type }) => type);
    expect(running.sort()).toEqual(['cfo', 'coo']);
    const claimed = async () =>
      (await stage.ok('getTask', { params: { id: task.id } })).status !== 'pending' || undefined;
    await eventually(claimed, { what: 'the claim of the task that was held', withinMs: 20_000 });
  });

  it('begins no loop while it is stopped', async () => {
    await stage.ok('stopAllAgents');
    const before = await stage.ok('listEvents', { query: { limit: 1 } });
    await stage.ok('messageAgent', { params, body: { message: 'Wake up', priority: 'critical' } });
    // A pass of everything that could wake it: the operator's wish is the last thing in the log that is about it.
    await stage.ok('stopAllAgents');
    const { events } = await stage.ok('listEvents', { query: { after: before.events[0]?.seq ?? 0, limit: 200 } });
    expect(events.map(({ eventType }) => eventType)).toEqual(['message_sent']);
    await stage.ok('startAllAgents');
  });
});

describeRedis('over two replicas', () => {
  it('the switch may be pulled at either', async () => {
    const team = await startReplicas(2, { BOARDROOM_AGENTS: 'cfo' });
    try {
      const [first, second] = team.replicas.map(({ url }) => createClient(url, adminKey));
      if (!first || !second) throw new Error('two replicas were asked for');
      for (const replica of [first, second]) {
        expect(await replica.ok('startAllAgents')).toMatchObject({ success: true });
        await replica.ok('startAgent', { params });
        expect(await replica.ok('getAgent', { params })).toMatchObject({ status: 'running' });
        await replica.ok('stopAllAgents');
        expect(await replica.ok('getAgent', { params })).toMatchObject({ status: 'stopped', containerId: null });
      }
    } finally {
      await team.dispose();
    }
  });
});

closeBook('kill-switch-routes');
