import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { adminKey, type Call, call, quick, startBoardroom, type TestBoardroom } from '../support/boardroom.ts';
import { createEmptyDatabase, teamIn } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { startOrchestrator } from '../support/orchestrator-process.ts';
import { openSocket } from '../support/socket-client.ts';
import type { Outside } from './outside.ts';
import { allEvents } from './story.ts';

const withinMs = 60_000;

/** Death, stop and restart, on whatever runs the agents. */
export function describeSurvival(environment: Record<string, string>, outside: Outside): void {
  let room: TestBoardroom;
  beforeEach(async () => {
    room = await startBoardroom({ BOARDROOM_AGENTS: 'cmo', ...environment });
    await running(room);
  });
  afterEach(async () => {
    const teamId = await teamIn(room.databaseUrl);
    await room.dispose();
    await outside.cleanUp(teamId);
  });

  it('an agent killed -9 is seen, is back and connected, and its claimed task is released and done by its next life', async () => {
    const before = await running(room);
    const socket = await openSocket(room.url);
    const { body } = await room.call('POST', '/tasks', {
      body: { title: 'Launch the newsletter', assignTo: 'cmo', priority: 'critical' },
    });
    const taskId = body.task.id;
    const happened = (eventType: string) =>
      socket.frame(({ type, payload }) => type === 'event' && payload.eventType === eventType, eventType);
    // CEO and DAO are not wanted here: the claimed task waits for the board, and its claim dies with its holder.
    await happened('decision_proposed');
    await outside.kill(before.containerId);
    await happened('agent_exited');
    await happened('task_released');
    const after = await eventually(
      async () => {
        const agent = await running(room);
        return agent.containerId === before.containerId ? undefined : agent;
      },
      { withinMs, what: 'the next life' },
    );
    expect(after.recentExits).toMatchObject([{ signal: 'SIGKILL', requested: false }]);

    await eventually(
      async () => {
        const task = (await room.call('GET', `/tasks/${taskId}`)).body;
        return task.attempts === 2 ? true : undefined;
      },
      { withinMs, what: 'the second claim' },
    );
    const [decision] = (await room.call('GET', '/decisions/pending')).body.decisions;
    for (const voterType of ['ceo', 'dao']) {
      await room.call('POST', `/decisions/${decision.id}/vote`, { body: { voterType, vote: 'approve', reason: 'go' } });
    }
    await happened('task_completed');
    const { decisions } = (await room.call('GET', '/decisions')).body;
    expect(decisions, 'the next life does not propose the same again').toHaveLength(1);
    socket.close();
  });

  it('stop means stop: nothing of it runs, news does not bring it back, start does', async () => {
    const stopped = await room.call('POST', '/agents/cmo/stop');
    expect(stopped).toMatchObject({ status: 200, body: { success: true, message: 'Agent cmo stopped' } });
    expect(await outside.running(new URL(room.gatewayUrl).port)).toEqual([]);
    await room.call('POST', '/agents/cmo/message', { body: { message: 'Are you there?' } });
    await room.call('POST', '/agents/cto/start');
    expect((await room.call('GET', '/agents/cmo')).body).toMatchObject({
      status: 'stopped',
      containerStatus: 'absent',
    });
    const { body } = await room.call('POST', '/agents/cmo/start');
    expect(body).toMatchObject({ success: true, message: 'Agent cmo started' });
    expect(body.containerId).toEqual((await running(room)).containerId);
  });
}

/** An orchestrator in a process of its own, so that it can be killed. */
export function describeAdoption(environment: Record<string, string>, outside: Outside): void {
  it('a restarted orchestrator takes over the agents that ran on: same ids, nothing told as ended, and they work', async () => {
    const home = await mkdtemp(join(tmpdir(), 'boardroom-adoption-'));
    const database = await createEmptyDatabase();
    const settings = {
      ...quick,
      DATABASE_URL: database.url,
      BOARDROOM_HOME: home,
      BOARDROOM_ADMIN_KEY: adminKey,
      BOARDROOM_AGENTS: 'cmo,cto',
      ...environment,
      GATEWAY_PORT: String(await freePort()),
      EGRESS_PORT: String(await freePort()),
    };
    const first = await startOrchestrator(settings);
    const before = await bothRun(first.url);
    await first.end('SIGKILL');
    expect(await outside.running(settings.GATEWAY_PORT), 'the agents outlive the orchestrator').toHaveLength(2);

    const second = await startOrchestrator(settings);
    expect(await bothRun(second.url)).toEqual(before);
    const events = await allEvents({ call: at(second.url) });
    expect(events.filter(({ eventType }) => eventType === 'agent_exited')).toEqual([]);
    await at(second.url)('POST', '/tasks', {
      body: { title: 'Summarise the week', assignTo: 'cto', priority: 'urgent' },
    });
    await eventually(
      async () => {
        const { tasks } = (await at(second.url)('GET', '/tasks?status=completed')).body;
        return tasks.length === 1 ? true : undefined;
      },
      { withinMs, what: 'work by an adopted agent' },
    );

    for (const type of ['cmo', 'cto']) await at(second.url)('POST', `/agents/${type}/stop`);
    expect(await outside.running(settings.GATEWAY_PORT)).toEqual([]);
    expect(await second.end('SIGTERM')).toBe(0);
    await outside.cleanUp(await teamIn(database.url));
    await database.drop();
    await rm(home, { recursive: true, force: true });
  });
}

const at =
  (url: string) =>
  (method: 'GET' | 'POST' | 'DELETE', path: string, options: Call = {}) =>
    call(url + path, method, options);

const bothRun = (url: string) =>
  eventually(
    async () => {
      const seen: Record<string, string> = {};
      for (const type of ['cmo', 'cto']) {
        const { body } = await at(url)('GET', `/agents/${type}`);
        if (body.status === 'running' && body.connected) seen[type] = body.containerId;
      }
      return Object.keys(seen).length === 2 ? seen : undefined;
    },
    { withinMs, what: 'two connected agents' },
  );

const running = (room: TestBoardroom) =>
  eventually(
    async () => {
      const { body } = await room.call('GET', '/agents/cmo');
      return body.status === 'running' && body.connected ? body : undefined;
    },
    { withinMs, what: 'a connected CMO' },
  );
