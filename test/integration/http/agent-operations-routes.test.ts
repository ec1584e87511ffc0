import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

const params = { type: 'cfo' };
const operations = ['startAgent', 'stopAgent', 'restartAgent'] as const;

/** How often the agent has begun a life. */
async function lives(stage: Stage): Promise<number> {
  const { events } = await stage.ok('getAgentEvents', { params, query: { limit: 200 } });
  return events.filter(({ eventType }) => eventType === 'agent_started').length;
}

describe('when the runtime confirms in time', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.dispose());
  afterEach(async () => void (await stage.ok('stopAgent', { params })));

  it('a start answers 200 with the container that runs', async () => {
    const { status, body } = await stage.ask('startAgent', { params, key: stage.keys.operator });
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, message: 'Agent cfo started', containerId: expect.any(String) });
    const agent = await stage.ok('getAgent', { params });
    expect(body).toMatchObject({ containerId: agent.containerId });
    expect(agent).toMatchObject({ status: 'running', containerStatus: 'running', desired: 'running' });
  });

  it('a second start answers the same and starts nothing', async () => {
    const first = await stage.ok('startAgent', { params });
    const begun = await lives(stage);
    expect(await stage.ok('startAgent', { params })).toEqual(first);
    expect(await lives(stage)).toBe(begun);
  });

  it('starts by many at once are one start', async () => {
    const begun = await lives(stage);
    const crowd = await Promise.all(Array.from({ length: 5 }, () => stage.ok('startAgent', { params })));
    expect(new Set(crowd.map(({ containerId }) => containerId)).size).toBe(1);
    expect(await lives(stage)).toBe(begun + 1);
  });

  it('a stop answers 200 without a container, and nothing of the agent runs', async () => {
    await stage.ok('startAgent', { params });
    const { status, body } = await stage.ask('stopAgent', { params });
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, message: 'Agent cfo stopped' });
    expect(await stage.ok('getAgent', { params })).toMatchObject({
      status: 'stopped',
      containerStatus: 'absent',
      containerId: null,
      recentExits: expect.arrayContaining([expect.objectContaining({ requested: true, reason: 'wanted stopped' })]),
    });
  });

  it('a second stop answers the same, and so does the stop of what never ran', async () => {
    await stage.ok('startAgent', { params });
    const first = await stage.ok('stopAgent', { params });
    expect(await stage.ok('stopAgent', { params })).toEqual(first);
    const never = await stage.ok('stopAgent', { params: { type: 'cto' } });
    expect(never).toEqual({ success: true, message: 'Agent cto stopped' });
  });

  it('a restart answers 200 with another container than before', async () => {
    const before = await stage.ok('startAgent', { params });
    const { status, body } = await stage.ask('restartAgent', { params });
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, message: 'Agent cfo restarted', containerId: expect.any(String) });
    expect(body).not.toMatchObject({ containerId: before.containerId });
    const agent = await stage.ok('getAgent', { params });
    expect(body).toMatchObject({ containerId: agent.containerId });
  });

  it('a restart of what is stopped starts it', async () => {
    const { containerId } = await stage.ok('restartAgent', { params });
    expect(await stage.ok('getAgent', { params })).toMatchObject({ status: 'running', containerId });
  });

  it('an operator’s message wakes the agent that was started', async () => {
    await stage.ok('startAgent', { params });
    await stage.ok('messageAgent', { params, body: { message: 'Wake up, please', priority: 'critical' } });
    const woken = async () => {
      const { events } = await stage.ok('listEvents', { query: { type: 'loop_finished', limit: 200 } });
      return events.find(({ payload }) => JSON.stringify(payload['reasons']).includes('operator'));
    };
    expect(
      (await eventually(woken, { what: 'a loop because of the message', withinMs: 20_000 })).payload,
    ).toMatchObject({
      agentType: 'cfo',
    });
  });

  it.each(operations)('%s of an agent that is not there is 404', async (name) => {
    await stage.refusal(name, 'agent_not_found', { params: { type: 'nobody' } });
  });
});

describe('when the runtime does not confirm in time', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ CONFIRM_MS: '1' });
  });
  afterAll(() => stage.dispose());
  const until = (status: string) =>
    eventually(async () => ((await stage.ok('getAgent', { params })).status === status ? true : undefined), {
      what: status,
    });

  it('a start answers 202 with the phase, and what was asked for happens all the same', async () => {
    const { status, body } = await stage.ask('startAgent', { params });
    expect(status).toBe(202);
    expect(body).toMatchObject({ success: true, message: expect.stringContaining('cfo'), phase: expect.any(String) });
    expect(body).not.toMatchObject({ phase: 'running' });
    expect(body).not.toHaveProperty('containerId');
    await until('running');
  });

  it('a restart answers 202 with the phase, and does not name the container that is about to go', async () => {
    await until('running');
    const { containerId: old } = await stage.ok('getAgent', { params });
    const { status, body } = await stage.ask('restartAgent', { params });
    expect(status).toBe(202);
    expect(body).toMatchObject({ success: true, phase: expect.any(String) });
    const replaced = async () => {
      const { containerId, status: now } = await stage.ok('getAgent', { params });
      return now === 'running' && containerId !== old ? true : undefined;
    };
    await eventually(replaced, { what: 'the other container' });
    expect(body).not.toMatchObject({ containerId: old });
  });

  it('a stop answers 202 with the phase, without a container, and stops', async () => {
    await until('running');
    const { status, body } = await stage.ask('stopAgent', { params });
    expect(status).toBe(202);
    expect(body).toMatchObject({ success: true, phase: expect.any(String) });
    expect(body).not.toHaveProperty('containerId');
    await until('stopped');
  });
});

describe('when there is no runtime yet', () => {
  let stage: Stage;
  beforeAll(async () => {
    // Dockerode reads it from the process, wherever else it is set.
    const DOCKER_HOST = `unix://${join(tmpdir(), 'boardroom-test-no-docker.sock')}`;
    vi.stubEnv('DOCKER_HOST', DOCKER_HOST);
    stage = await openStage({ AGENT_RUNTIME: 'docker', DOCKER_HOST, CONFIRM_MS: '50' });
  });
  afterAll(async () => {
    await stage.dispose();
    vi.unstubAllEnvs();
  });

  it.each(['startAgent', 'restartAgent'] as const)('%s answers 202: the wish is kept for later', async (name) => {
    const { status, body } = await stage.ask(name, { params });
    expect(status).toBe(202);
    expect(body).toEqual({ success: true, message: expect.any(String), phase: 'stopped' });
    expect(await stage.ok('getAgent', { params })).toMatchObject({ desired: 'running', containerId: null });
  });

  it('a stop takes the wish back', async () => {
    await stage.ok('stopAgent', { params });
    expect(await stage.ok('getAgent', { params })).toMatchObject({ desired: 'stopped', status: 'stopped' });
  });

  it('logs cannot be read: 503, when to come again, and not a word of where Docker was looked for', async () => {
    await stage.refusal('getAgentLogs', 'dependency_unavailable', { params });
  });

  it('/health/full says so, and the API is ready all the same', async () => {
    const { components } = await stage.ok('getSystemHealth');
    expect(components.runtime).toMatchObject({ status: 'preparing' });
    await stage.ok('getReadiness');
  });
});

closeBook('agent-operations-routes');
