import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.dispose());

const team = ['cco', 'ceo', 'cfo', 'cmo', 'coo', 'cto', 'dao'];
const ceo = { params: { type: 'ceo' } };
const byAgent = ['getAgent', 'getAgentProfile', 'getAgentHistory', 'getAgentEvents'] as const;

describe('the team', () => {
  it('is listed in full, each with what its profile says and what it does', async () => {
    const { agents } = await stage.ok('listAgents', { key: stage.keys.viewer });
    expect(new Set(agents.map(({ type }) => type))).toEqual(new Set(team));
    expect(agents.find(({ type }) => type === 'ceo')).toMatchObject({
      name: 'Chief Executive Officer',
      status: 'stopped',
      loopInterval: 1_800,
      lastHeartbeat: null,
      containerStatus: 'absent',
    });
  });

  it('is listed by status when asked for one', async () => {
    const stopped = await stage.ok('listAgents', { query: { status: 'stopped' } });
    expect(stopped.agents).toHaveLength(team.length);
    expect(await stage.ok('listAgents', { query: { status: 'running' } })).toEqual({ agents: [] });
  });
});

describe('an agent', () => {
  it('is shown as it is listed, and more', async () => {
    const { agents } = await stage.ok('listAgents');
    const detail = await stage.ok('getAgent', ceo);
    expect(detail).toMatchObject(agents.find(({ type }) => type === 'ceo') ?? {});
    expect(detail).toMatchObject({
      profilePath: 'profiles/ceo.md',
      loopCount: 0,
      lastLoopAt: null,
      currentFocus: null,
      containerId: null,
      desired: 'stopped',
      connected: false,
      recentExits: [],
      restartPlan: {
        failures: 0,
        failuresMax: 5,
        windowSeconds: 600,
        healthyAfterSeconds: 60,
        next: { attempt: 0, attemptsMax: 4, delayMs: 0 },
      },
    });
  });

  it('shows who it is told to be, and neither where that is kept nor more of a secret than its name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'boardroom-profiles-'));
    const head = `version: 1\nname: Scribe\nloopInterval: 60\npermissions:\n  tools: [read_inbox]`;
    const secret = 'secrets:\n  - { name: GITHUB_TOKEN, domain: api.github.com }';
    await writeFile(join(folder, 'scribe.md'), `---\n${head}\n${secret}\n---\n# You write\n\n<b>Boldly</b>.\n`);
    await writeFile(join(folder, 'long.md'), `---\n${head}\n---\n${'x'.repeat(100_001)}`);
    const own = await openStage({ BOARDROOM_PROFILES: folder });
    const shown = await own.ok('getAgentProfile', { key: own.keys.viewer, params: { type: 'scribe' } });
    expect(shown).toMatchObject({ type: 'scribe', text: '# You write\n\n<b>Boldly</b>.', isWhole: true });
    expect(shown.head).toMatchObject({ name: 'Scribe', loopInterval: 60, secrets: ['GITHUB_TOKEN'] });
    expect(JSON.stringify(shown)).not.toMatch(/api\.github\.com|boardroom-profiles/);
    const long = await own.ok('getAgentProfile', { params: { type: 'long' } });
    expect([long.text.length, long.isWhole]).toEqual([100_000, false]);
    await own.dispose();
    await rm(folder, { recursive: true });
  });

  it.each(byAgent)('that is not there is 404 to %s', async (name) => {
    for (const type of ['nobody', 'ceo2', 'constructor'])
      expect((await stage.refusal(name, 'agent_not_found', { params: { type } })).detail).toContain(type);
  });

  it('that is not there cannot be written to either, and nothing is sent', async () => {
    const body = { message: 'Is anybody there?' };
    await stage.refusal('messageAgent', 'agent_not_found', { params: { type: 'nobody' }, body });
    const { events } = await stage.ok('listEvents', { query: { type: 'message_sent' } });
    expect(JSON.stringify(events)).not.toContain(body.message);
  });

  it.each(['CEO', 'system', 'operator', '1ceo', 'c_o'])(
    'whose name cannot be one is not there either: %s',
    async (type) => {
      await stage.refusal('getAgent', 'agent_not_found', { params: { type } });
    },
  );
});

describe('a message', () => {
  const send = (body: object) => stage.ok('messageAgent', { key: stage.keys.operator, ...ceo, body });

  it('answers 201 with its id, and is told of in the log with its words', async () => {
    const { status, body } = await stage.ask('messageAgent', { ...ceo, body: { message: 'Good morning' } });
    expect(status).toBe(201);
    expect(body).toEqual({ success: true, messageId: expect.stringMatching(/^msg_/) });
    const { messageId } = await send({ message: 'Good night', priority: 'low' });
    const { events } = await stage.ok('listEvents', { query: { type: 'message_sent', limit: 1 } });
    expect(events[0]?.payload).toEqual({
      agentType: 'ceo',
      messageId,
      from: 'operator:a operator',
      actor: 'operator:a operator',
      message: 'Good night',
      priority: 'low',
    });
  });

  it('has priority normal unless it is given one', async () => {
    await send({ message: 'Nothing special' });
    const { events } = await stage.ok('getAgentEvents', { ...ceo, query: { limit: 1 } });
    expect(events[0]?.payload).toMatchObject({ message: 'Nothing special', priority: 'normal' });
  });

  it('may be as long as is allowed, and comes through to the letter', async () => {
    const message = `☃"\\\n${'x'.repeat(7_990)}`;
    await send({ message });
    const { events } = await stage.ok('getAgentEvents', { ...ceo, query: { limit: 1 } });
    expect(events[0]?.payload['message']).toBe(message);
  });
});

describe('the events of an agent', () => {
  const list = async (query: object = {}) =>
    (await stage.ok('getAgentEvents', { params: { type: 'dao' }, query: { ...query } })).events;

  beforeAll(async () => {
    for (let index = 0; index < 5; index += 1)
      await stage.ok('messageAgent', { params: { type: 'dao' }, body: { message: `For the DAO ${index}` } });
    await stage.ok('createTask', { body: { title: 'For the DAO', assignTo: 'dao' } });
    await stage.ok('createTask', { body: { title: 'For the CFO', assignTo: 'cfo' } });
  });

  it('are those about it and no others, newest first', async () => {
    const events = await list();
    expect(events.map(({ eventType }) => eventType)).toEqual(['task_created', ...Array(5).fill('message_sent')]);
    expect(events[1]?.payload['message']).toBe('For the DAO 4');
  });

  it('are oldest first after a place, and are read page by page, each once', async () => {
    const all = (await list({ limit: 200 })).map(({ seq }) => seq);
    expect((await list({ after: 0, limit: 200 })).map(({ seq }) => seq)).toEqual(all.toReversed());
    const [newest = 0, second = 0, third = 0] = all;
    expect((await list({ before: newest, limit: 2 })).map(({ seq }) => seq)).toEqual([second, third]);
  });
});

describe('the history of an agent', () => {
  const cfo = { type: 'cfo' };
  const list = async (query: object = {}) =>
    (await stage.ok('getAgentHistory', { params: cfo, query: { ...query } })).history;

  beforeAll(async () => {
    for (let round = 0; round < 2; round += 1) {
      await stage.ok('startAgent', { params: cfo });
      await stage.ok('stopAgent', { params: cfo });
    }
    await eventually(async () => ((await list()).length >= 4 ? true : undefined), { what: 'a history' });
  });

  it('tells what it did, newest first', async () => {
    const history = await list({ limit: 200 });
    expect(history.at(-1)).toMatchObject({ actionType: 'started' });
    const times = history.map(({ createdAt }) => Date.parse(createdAt));
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  it('is read back and on from a place, each entry once', async () => {
    const all = (await list({ limit: 200 })).map(({ id }) => id);
    expect(new Set(all).size).toBe(all.length);
    expect((await list({ limit: 2 })).map(({ id }) => id)).toEqual(all.slice(0, 2));
    expect((await list({ before: all[1] ?? '', limit: 2 })).map(({ id }) => id)).toEqual(all.slice(2, 4));
    const oldestFirst = all.toReversed();
    expect((await list({ after: oldestFirst[0] ?? '' })).map(({ id }) => id)).toEqual(oldestFirst.slice(1));
  });

  it('is empty for an agent that has done nothing', async () => {
    expect(await stage.ok('getAgentHistory', { params: { type: 'cmo' } })).toEqual({ history: [] });
  });
});

describe('an agent whose profile is taken away', () => {
  it('is 404 everywhere from then on, and no longer listed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'boardroom-profiles-'));
    const profile = (name: string) =>
      `---\nversion: 1\nname: ${name}\nloopInterval: 60\npermissions:\n  tools: [read_inbox]\n---\nBe there.\n`;
    for (const name of ['stays', 'leaves']) await writeFile(join(folder, `${name}.md`), profile(name));
    const own = await openStage({ BOARDROOM_PROFILES: folder });
    const params = { type: 'leaves' };
    await own.ok('getAgent', { params });
    await rm(join(folder, 'leaves.md'));
    const gone = async () => ((await own.ask('getAgent', { params })).outcome === 'agent_not_found' ? true : undefined);
    await eventually(gone, { what: 'the end of the role' });
    for (const name of [...byAgent, 'startAgent', 'stopAgent', 'restartAgent', 'getAgentLogs'] as const)
      await own.refusal(name, 'agent_not_found', { params });
    await own.refusal('messageAgent', 'agent_not_found', { params, body: { message: 'm' } });
    await own.refusal('createTask', 'agent_not_found', { body: { title: 't', assignTo: 'leaves' } });
    expect((await own.ok('listAgents')).agents.map(({ type }) => type)).toEqual(['stays']);
    await own.dispose();
    await rm(folder, { recursive: true });
  });
});

closeBook('agents-routes');
