import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { tokenOf } from '../support/agent-token.ts';
import { startBoardroom, type TestBoardroom } from '../support/boardroom.ts';
import { eventually } from '../support/eventually.ts';

/** A hostile agent is simulated by taking a real agent's token out of its environment and speaking for it. */
let room: TestBoardroom;
let token: string;

beforeAll(async () => {
  room = await startBoardroom({ BOARDROOM_AGENTS: 'cmo' });
  await connectedCmo();
  token = await tokenOf(room, 'cmo');
});
afterAll(() => room.dispose());

const connectedCmo = () =>
  eventually(async () => ((await room.call('GET', '/agents/cmo')).body.connected ? true : undefined), {
    withinMs: 30_000,
    what: 'a connected CMO',
  });

async function withTools<T>(secret: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ name: 'test', version: '0' });
  const headers = { Authorization: `Bearer ${secret}` };
  const transport = new StreamableHTTPClientTransport(new URL(`${room.gatewayUrl}/mcp`), { requestInit: { headers } });
  await client.connect(transport as Parameters<Client['connect']>[0]);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

async function tool(name: string, input: Record<string, unknown>, meta?: Record<string, unknown>) {
  const result = await withTools(token, (client) =>
    client.callTool({ name, arguments: input, ...(meta && { _meta: meta }) }),
  );
  const [content] = result.content as { text: string }[];
  return { refused: result.isError === true, answer: JSON.parse(content?.text ?? 'null') };
}

async function refusals(agentType: string): Promise<string[]> {
  const { body } = await room.call('GET', `/agents/${agentType}/history?limit=200`);
  return body.history
    .filter(({ actionType }: { actionType: string }) => ['refused', 'violation'].includes(actionType))
    .map(({ summary }: { summary: string }) => summary);
}

async function propose(): Promise<string> {
  const { body } = await room.call('POST', '/decisions', { body: { title: 'Paint the office' } });
  return body.id;
}

async function giveTask(assignTo: string): Promise<string> {
  const { body } = await room.call('POST', '/tasks', { body: { title: 'A task', assignTo, priority: 'operational' } });
  return body.task.id;
}

describe.skipIf(process.platform !== 'linux')("with an agent's token (read from /proc)", () => {
  it('one sees only the tools that its profile lists', async () => {
    const { tools } = await withTools(token, (client) => client.listTools());
    const names = tools.map(({ name }) => name);
    expect(names).toContain('claim_task');
    expect(names).not.toContain('vote');
  });

  it('voting is refused to one who has no vote, recorded, and changes nothing', async () => {
    const decisionId = await propose();
    const before = await refusals('cmo');
    expect(await tool('vote', { decisionId, vote: 'approve', reason: 'mine' })).toMatchObject({
      refused: true,
      answer: { code: 'not_allowed' },
    });
    expect((await room.call('GET', `/decisions/${decisionId}`)).body.votes).toEqual([]);
    expect((await refusals('cmo')).length).toBe(before.length + 1);
  });

  it.each([
    ['vote', { vote: 'approve', reason: 'x', voterType: 'ceo' }],
    ['give_statement', { statement: 'x', agentType: 'cto' }],
  ])('%s under the name of another is refused and recorded', async (name, input) => {
    const decisionId = await propose();
    const answer = await tool(name, { ...input, decisionId });
    expect(answer).toMatchObject({ refused: true, answer: { code: 'invalid_request' } });
    expect((await refusals('cmo'))[0]).toContain(name);
    const { votes, statements } = (await room.call('GET', `/decisions/${decisionId}`)).body;
    expect([votes, statements]).toEqual([[], []]);
  });

  it.each(['claim_task', 'complete_task', 'fail_task'])("another agent's task cannot be had by %s", async (name) => {
    const taskId = await giveTask('cto');
    const input = {
      taskId,
      ...(name === 'complete_task' && { result: 'x' }),
      ...(name === 'fail_task' && { reason: 'x' }),
    };
    expect(await tool(name, input)).toMatchObject({ refused: true, answer: { code: 'not_allowed' } });
    expect((await room.call('GET', `/tasks/${taskId}`)).body).toMatchObject({ status: 'pending', attempts: 0 });
    expect((await refusals('cmo'))[0]).toContain(name);
  });

  it('an inbox is one’s own: there is no way to name another’s, and another’s messages do not show', async () => {
    await room.call('POST', '/agents/cto/message', { body: { message: 'for the CTO only' } });
    const own = await tool('read_inbox', {});
    expect(JSON.stringify(own.answer)).not.toContain('for the CTO only');
    expect(await tool('read_inbox', { agentType: 'cto' })).toMatchObject({
      refused: true,
      answer: { code: 'invalid_request' },
    });
    expect((await refusals('cmo'))[0]).toContain('read_inbox');
  });

  it('a tool or tier or assignee that the profile does not grant is refused and recorded', async () => {
    expect(await tool('rm_rf', {})).toMatchObject({ refused: true, answer: { code: 'invalid_request' } });
    expect(await tool('propose_decision', { title: 'Sell the company', tier: 'critical' })).toMatchObject({
      refused: true,
      answer: { code: 'not_allowed' },
    });
    expect(await tool('create_task', { title: 'x', assignTo: 'dao' })).toMatchObject({
      refused: true,
      answer: { code: 'not_allowed' },
    });
    expect((await refusals('cmo')).slice(0, 3).join()).toMatch(/create_task.*propose_decision.*rm_rf/s);
  });

  it('a decision cannot be proposed for the task of another', async () => {
    const taskId = await giveTask('cto');
    expect(await tool('propose_decision', { title: 'x', taskId })).toMatchObject({
      refused: true,
      answer: { code: 'not_allowed' },
    });
  });

  it.each(['/agents', '/keys', '/events', '/tasks'])(
    "the operators' API is closed (%s), and the attempt is recorded",
    async (path) => {
      const answer = await room.call('GET', path, { key: token });
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
      await eventually(async () => ((await refusals('cmo')).some((entry) => entry.includes(path)) ? true : undefined), {
        what: 'the record of the attempt',
      });
    },
  );

  it('a call sent twice under one call id is done once and answered twice', async () => {
    const meta = { 'boardroom/callId': 'the-same' };
    const first = await tool('send_message', { to: 'ceo', message: 'once' }, meta);
    const second = await tool('send_message', { to: 'ceo', message: 'once' }, meta);
    expect(second).toEqual(first);
    const { events } = (await room.call('GET', '/events?type=message_sent&limit=200')).body;
    expect(events.filter(({ payload }: { payload: { message: string } }) => payload.message === 'once')).toHaveLength(
      1,
    );
  });

  it('the token is dead once its container is: tools, model and socket refuse it, and that is recorded', async () => {
    const stolen = token;
    await room.call('POST', '/agents/cmo/restart');
    await connectedCmo();
    token = await tokenOf(room, 'cmo');
    expect(token).not.toBe(stolen);
    const headers = { authorization: `Bearer ${stolen}`, 'content-type': 'application/json' };
    for (const path of ['/mcp', '/llm/v1/chat/completions']) {
      const response = await fetch(room.gatewayUrl + path, { method: 'POST', headers, body: '{}' });
      expect(response.status).toBe(401);
    }
    expect(await upgradeStatus(stolen)).toBe(401);
    expect((await refusals('cmo')).filter((entry) => entry.includes('ended instance'))).toHaveLength(3);
  });
});

describe('without a token', () => {
  it.each(['/mcp', '/llm/v1/models', '/agents', '/'])('the gateway says nothing but 401 at %s', async (path) => {
    for (const headers of [{}, { authorization: 'Bearer bra_guess' }]) {
      expect((await fetch(room.gatewayUrl + path, { headers })).status).toBe(401);
    }
  });

  it('the agents’ socket is refused before the upgrade', async () => {
    expect(await upgradeStatus(undefined)).toBe(401);
    expect(await upgradeStatus('bra_guess')).toBe(401);
  });
});

function upgradeStatus(secret: string | undefined): Promise<number> {
  const headers = secret === undefined ? {} : { authorization: `Bearer ${secret}` };
  const socket = new WebSocket(`${room.gatewayUrl.replace('http', 'ws')}/agent`, { headers });
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('open', () => resolve(101));
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
  });
}
