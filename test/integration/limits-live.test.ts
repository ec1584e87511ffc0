import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/contracts/primitives.ts';
import { tokenOf } from '../support/agent-token.ts';
import { startBoardroom, type TestBoardroom } from '../support/boardroom.ts';
import { eventually } from '../support/eventually.ts';

/** What the operator takes from a running agent: its real process works beside us, and we speak with its token. */
let room: TestBoardroom;
let token: string;

/** What fails would be tried again within a moment, if it were tried again at all. */
const quickly = { LOOP_RETRY_MS: '50' };

async function openRoom(environment: Record<string, string>): Promise<void> {
  room = await startBoardroom({ BOARDROOM_AGENTS: 'cmo', ...quickly, ...environment });
  await eventually(async () => ((await room.call('GET', '/agents/cmo')).body.connected ? true : undefined), {
    withinMs: 30_000,
    what: 'a connected CMO',
  });
  token = await tokenOf(room, 'cmo');
}

async function set(category: string, key: string, value: JsonValue): Promise<void> {
  const { status, body } = await room.call('POST', `/settings/${category}/${key}`, { body: { value } });
  expect(status, JSON.stringify(body)).toBe(200);
}

async function withTools<T>(use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ name: 'test', version: '0' });
  const headers = { Authorization: `Bearer ${token}` };
  const transport = new StreamableHTTPClientTransport(new URL(`${room.gatewayUrl}/mcp`), { requestInit: { headers } });
  await client.connect(transport as Parameters<Client['connect']>[0]);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

const offered = () => withTools(async (client) => (await client.listTools()).tools.map(({ name }) => name));
/** In one request, without a session before it: nothing gives the change time to arrive. */
async function offeredAtOnce(): Promise<string[]> {
  const response = await fetch(`${room.gatewayUrl}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  });
  const { result } = (await response.json()) as { result: { tools: { name: string }[] } };
  return result.tools.map(({ name }) => name);
}
const use = (name: string, input: Record<string, unknown>) =>
  withTools(async (client) => (await client.callTool({ name, arguments: input })).isError === true);
const events = async (type: string) => (await room.call('GET', `/events?type=${type}&limit=200`)).body.events;
const alerts = async () =>
  (await events('alert_raised')).filter(({ payload }: { payload: { message: string } }) =>
    payload.message.includes('may not do'),
  );
const think = async () => {
  const response = await fetch(`${room.gatewayUrl}/llm/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'default', messages: [{ role: 'user', content: 'hello' }] }),
  });
  return { status: response.status, body: await response.json() };
};

describe.skipIf(process.platform !== 'linux')('permissions that the operator narrows', () => {
  beforeAll(() => openRoom({}));
  afterAll(() => room.dispose());

  it('hold for the very next call, in the list of tools too, and are given back as quickly', async () => {
    const all = await offered();
    expect(all).toEqual(expect.arrayContaining(['set_focus', 'create_task']));
    await set('permissions', 'cmo', { tools: ['set_focus', 'propose_decision'], propose: ['minor'] });
    expect((await offered()).sort()).toEqual(['propose_decision', 'set_focus']);
    expect(await use('remember', { key: 'x', note: 'y' })).toBe(true);
    expect(await use('set_focus', { focus: 'x' })).toBe(false);
    expect(await use('propose_decision', { title: 'x', tier: 'major' })).toBe(true);
    expect(await use('propose_decision', { title: 'x', tier: 'minor' })).toBe(false);
    await set('permissions', 'cmo', { assign: ['cto'] });
    expect(await offered()).toEqual(all);
    expect(await use('create_task', { title: 'x', assignTo: 'cco' })).toBe(true);
    await set('permissions', 'cmo', {});
    expect(await use('create_task', { title: 'x', assignTo: 'cco' })).toBe(false);
  });

  it('hold when the operator has the answer, each time', async () => {
    for (let time = 0; time < 30; time += 1) {
      const tools = [time % 2 === 0 ? 'set_focus' : 'recall'];
      await set('permissions', 'cmo', { tools });
      expect(await offeredAtOnce()).toEqual(tools);
    }
    await set('permissions', 'cmo', {});
  });

  it('raise one alert when they are tried too often, which no restart forgets and no other refusal counts for', async () => {
    // Three violations have gone before.
    expect(await alerts()).toEqual([]);
    await use('claim_task', { taskId: 'tsk_01h455vb4pex5vsknk084sn02q' });
    await use('remember', { nonsense: true });
    const refused = () => use('propose_decision', { title: 'x', tier: 'critical' });
    expect(await refused()).toBe(true);
    expect(await alerts()).toEqual([]);
    await room.close();
    const { DATABASE_URL, BOARDROOM_HOME } = { DATABASE_URL: room.databaseUrl, BOARDROOM_HOME: room.home };
    const former = room;
    await openRoom({ DATABASE_URL, BOARDROOM_HOME });
    await Promise.all([refused(), refused(), refused()]);
    expect(await alerts()).toMatchObject([{ payload: { agentType: 'cmo', severity: 'warning' } }]);
    const { body } = await room.call('GET', '/agents/cmo/history?limit=200');
    const kinds = body.history.map(({ actionType }: { actionType: string }) => actionType);
    expect(kinds.filter((kind: string) => kind === 'violation')).toHaveLength(7);
    expect(kinds.filter((kind: string) => kind === 'refused')).toHaveLength(2);
    await room.close();
    room = former;
    await openRoom({ DATABASE_URL, BOARDROOM_HOME });
  });
});

describe.skipIf(process.platform !== 'linux')('a budget of a running agent', () => {
  beforeAll(() => openRoom({}));
  afterAll(() => room.dispose());

  it('stops it from thinking, and from nothing else, until it is raised', async () => {
    expect(await think()).toMatchObject({ status: 200 });
    await set('budgets', 'cmo', { daily: { calls: 0 } });
    expect(await think()).toMatchObject({ status: 402, body: { code: 'budget_exhausted' } });
    expect(await use('set_focus', { focus: 'x' })).toBe(false);
    expect((await room.call('GET', '/agents/cmo')).body).toMatchObject({ status: 'running', connected: true });
    expect((await room.call('GET', '/escalations')).body.escalations).toMatchObject([{ kind: 'budget_exhausted' }]);
    await set('budgets', 'cmo', {});
    expect(await think()).toMatchObject({ status: 200 });
    // The leader's sweep takes back what nobody has to look at any more.
    await eventually(
      async () => ((await room.call('GET', '/escalations')).body.escalations.length === 0 ? true : undefined),
      { what: 'the end of the escalation' },
    );
  });

  it('ends its loop with the reason, holds what waits, and lets it be done when it is raised', async () => {
    await set('budgets', 'cmo', { daily: { calls: 0 } });
    const failed = async () =>
      (await events('loop_finished')).filter(
        ({ payload }: { payload: { outcome: string } }) => payload.outcome === 'failed',
      );
    const before = (await failed()).length;
    const give = async (title: string) =>
      (await room.call('POST', '/tasks', { body: { title, assignTo: 'cmo', priority: 'critical' } })).body.task.id;
    const id = await give('Print it');
    await eventually(async () => ((await failed()).length > before ? true : undefined), { what: 'a failed loop' });
    const [loop] = await failed();
    expect(loop.payload.summary).toContain('The budget cmo.daily.calls leaves no room for a call');
    // More that waits does not wake it; the heartbeats that follow would have.
    await give('Print another');
    const beats = async () => (await room.call('GET', '/agents/cmo')).body.lastHeartbeat;
    const first = await beats();
    await eventually(async () => ((await beats()) !== first ? true : undefined), { what: 'a heartbeat' });
    expect(await failed()).toHaveLength(before + 1);
    await set('budgets', 'cmo', {});
    const task = await eventually(
      async () => {
        const { body } = await room.call('GET', `/tasks/${id}`);
        return body.status === 'pending' ? undefined : body;
      },
      { what: 'the task taken up' },
    );
    expect(task.status).not.toBe('failed');
    const { body } = await room.call('GET', '/usage?groupBy=agent,model');
    expect(body.usage).toMatchObject([{ agent: 'cmo', model: 'rehearsal/rehearsal', costMicroUsd: 0 }]);
  });
});
