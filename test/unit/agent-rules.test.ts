import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../src/agents/backoff.ts';
import { ConfigError, readConfig } from '../../src/agents/config.ts';
import { contractText } from '../../src/agents/contract-text.ts';
import { parseGatewayFrame } from '../../src/agents/frames.ts';
import { createLog } from '../../src/agents/log.ts';
import { McpError, readMcpResult } from '../../src/agents/mcp-answer.ts';
import { readCompletion } from '../../src/agents/model.ts';
import { finalReason, reconnectMs } from '../../src/agents/socket.ts';
import { agentVersion, closeCodes, gatewayPaths } from '../../src/agents/wire.ts';
import { isWorthThinking } from '../../src/agents/worth-thinking.ts';
import * as contract from '../../src/contracts/gateway.ts';
import { aBriefing, aDecision, aMessage, aTask } from '../support/rehearsal-stage.ts';

const environment = {
  BOARDROOM_URL: 'http://gateway:8081/',
  BOARDROOM_TOKEN: 'secret-token',
  BOARDROOM_AGENT: 'cmo',
};

describe('the configuration', () => {
  it('takes the gateway, the token, the role and a default model', () => {
    expect(readConfig(environment)).toEqual({
      url: 'http://gateway:8081',
      token: 'secret-token',
      agentType: 'cmo',
      model: 'default',
      environment,
    });
    expect(readConfig({ ...environment, MODEL: 'large' }).model).toBe('large');
  });

  it.each([
    ['BOARDROOM_URL', undefined],
    ['BOARDROOM_URL', 'gateway:8081'],
    ['BOARDROOM_URL', 'ftp://gateway'],
    ['BOARDROOM_URL', 'http://user:pass@gateway'],
    ['BOARDROOM_TOKEN', ''],
    ['BOARDROOM_TOKEN', 'two words'],
    ['BOARDROOM_TOKEN', 'line\r\nbreak'],
    ['BOARDROOM_AGENT', 'CMO'],
    ['BOARDROOM_AGENT', undefined],
    ['MODEL', 'a model'],
  ])('%s = %j is refused with one sentence that names it and what is allowed', (name, value) => {
    const read = () => readConfig({ ...environment, [name]: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(new RegExp(`^${name} is .*must be.*\\.$`));
  });

  it('never quotes the token', () => {
    expect(() => readConfig({ ...environment, BOARDROOM_TOKEN: 'my secret' })).not.toThrow(/secret/);
  });
});

describe('a frame', () => {
  const welcome = { type: 'welcome', agentId: 'agt_1', agentType: 'cmo', name: 'CMO', prompt: '', heartbeatMs: 10_000 };
  const wake = {
    type: 'wake',
    loopId: 'lop_1',
    wakes: [{ reason: 'task', subjects: ['tsk_1'] }],
    turnTimeoutMs: 600_000,
    initiative: false,
  };
  const focus = { revenueFocus: 0, communityGrowth: 100, marketingVsDev: 50, riskTolerance: 50, timeHorizon: 50 };
  const every = contract.wakeReasonSchema.options.map((reason) => ({ reason, subjects: [] }));

  it.each<[string, unknown]>([
    ['a welcome', welcome],
    ['a welcome with a command', { ...welcome, command: { argv: ['claude', '-p'], timeoutMs: 600_000 } }],
    ['a command of nothing', { ...welcome, command: { argv: [], timeoutMs: 600_000 } }],
    ['a command with an argument that is no text', { ...welcome, command: { argv: ['x', 1], timeoutMs: 1 } }],
    ['a command that is no object', { ...welcome, command: 'claude' }],
    ['a command without a time', { ...welcome, command: { argv: ['claude'] } }],
    ['a wake', wake],
    ['a wake with a focus', { ...wake, focus }],
    ['a focus beyond its bounds', { ...wake, focus: { ...focus, timeHorizon: 101 } }],
    ['a focus that lacks a slider', { ...wake, focus: { ...focus, timeHorizon: undefined } }],
    ['a focus with one too many', { ...wake, focus: { ...focus, mood: 5 } }],
    ['a focus that is no object', { ...wake, focus: 50 }],
    ['a wake for every reason', { ...wake, wakes: every }],
    ['an acknowledgement', { type: 'report_ack', loopId: 'lop_1' }],
    ['a shutdown', { type: 'shutdown', because: 'stopped' }],
    ['a field of a later version', { ...welcome, novelty: 1 }],
    ['no heartbeat', { ...welcome, heartbeatMs: undefined }],
    ['a heartbeat with a fraction', { ...welcome, heartbeatMs: 0.5 }],
    ['no wakes', { ...wake, wakes: [] }],
    ['an unknown reason', { ...wake, wakes: [{ reason: 'toString', subjects: [] }] }],
    ['a subject that is no text', { ...wake, wakes: [{ reason: 'task', subjects: [1] }] }],
    ['an initiative that is no boolean', { ...wake, initiative: 'yes' }],
    ['an acknowledgement of nothing', { type: 'report_ack' }],
    ['a shutdown without a reason', { type: 'shutdown' }],
    ['an unknown type', { type: 'dance' }],
    ['an array', []],
    ['null', null],
  ])('%s is read as the contract reads it', (_name, frame) => {
    const { success, data } = contract.gatewayFrameSchema.safeParse(frame);
    expect(parseGatewayFrame(JSON.stringify(frame))).toEqual(success ? data : undefined);
  });

  it('that is not JSON is none', () => {
    expect(parseGatewayFrame('{"type":')).toBeUndefined();
  });
});

describe('what the agent repeats of others', () => {
  it('are the contract’s paths and codes, and the package’s version', async () => {
    expect(gatewayPaths).toEqual(contract.gatewayPaths);
    expect(closeCodes).toEqual(contract.closeCodes);
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(agentVersion).toBe(version);
  });
});

it('the back-off doubles from 250 ms to 10 s, and half of it is chance', () => {
  expect([0, 1, 2, 5, 6, 1_000].map((failures) => backoffMs(failures, 1))).toEqual([
    250, 500, 1_000, 8_000, 10_000, 10_000,
  ]);
  expect(backoffMs(6, 0)).toBe(5_000);
});

it('a gateway that was not there is asked again within 800 ms, however long it was away; one that refuses, up to 10 s later', () => {
  const waits = (status: number | undefined) =>
    [0, 1, 2, 6, 1_000].map((failures) => reconnectMs(failures, 1, { status }));
  expect(waits(undefined)).toEqual([250, 500, 800, 800, 800]);
  expect(waits(503)).toEqual([250, 500, 1_000, 10_000, 10_000]);
});

it.each([
  [{ code: closeCodes.ended }, true],
  [{ code: closeCodes.superseded }, true],
  [{ status: 401 }, true],
  [{ code: closeCodes.protocolError }, false],
  [{ code: 1001 }, false],
  [{ status: 503 }, false],
  [{ status: 403 }, false],
])('after the end %j it is over for good: %s', (end, isFinal) => {
  const reason = finalReason({ code: 1006, because: '', status: undefined, welcomed: false, ...end });
  expect(reason !== undefined).toBe(isFinal);
});

describe('a scheduled loop', () => {
  const scheduled = { wakes: [{ reason: 'schedule' as const, subjects: [] }], initiative: false };
  const frame = { type: 'wake' as const, loopId: 'lop_1', turnTimeoutMs: 1_000, ...scheduled };
  const begun = (...statuses: ('pending' | 'escalated' | 'approved' | 'vetoed')[]) =>
    aTask({
      title: 'T',
      status: 'in_progress',
      decisions: statuses.map((status) => ({ id: 'dec_1', title: 'D', status, because: '' })),
    });

  it.each([
    ['nothing', aBriefing({}), false],
    ['notes only', aBriefing({ notes: [{ key: 'k', note: 'n', updatedAt: '2030-01-01T09:00:00Z' }] }), false],
    ['a message', aBriefing({ messages: [aMessage({ from: 'ceo', body: 'hi' })] }), true],
    ['a pending task', aBriefing({ tasks: [aTask({ title: 'T' })] }), true],
    ['a task in progress without a decision', aBriefing({ tasks: [begun()] }), true],
    ['a task that waits for the board', aBriefing({ tasks: [begun('pending')] }), false],
    ['a task that waits for a human', aBriefing({ tasks: [begun('vetoed', 'escalated')] }), false],
    ['a task whose decision is made', aBriefing({ tasks: [begun('approved')] }), true],
    ['a decision that asks', aBriefing({ decisions: [aDecision({ title: 'D' })] }), true],
    [
      'a decision that does not ask',
      aBriefing({ decisions: [aDecision({ title: 'D', askedOfYou: 'nothing' })] }),
      false,
    ],
  ])('with %s is worth thinking about: %s', (_name, briefing, expected) => {
    expect(isWorthThinking(frame, briefing)).toBe(expected);
  });

  it('is worth it with initiative, and so is every other reason', () => {
    expect(isWorthThinking({ ...frame, initiative: true }, aBriefing({}))).toBe(true);
    expect(
      isWorthThinking({ ...frame, wakes: [...frame.wakes, { reason: 'operator', subjects: [] }] }, aBriefing({})),
    ).toBe(true);
  });
});

describe('an MCP answer', () => {
  const answer = JSON.stringify({ jsonrpc: '2.0', id: 7, result: { ok: true } });
  const note = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: {} });

  it.each([
    ['JSON', 'application/json; charset=utf-8', answer],
    ['one event', 'text/event-stream', `event: message\ndata: ${answer}\n\n`],
    [
      'events with others before it',
      'text/event-stream',
      `id: 1\ndata:\n\n: ping\n\ndata: ${note}\r\n\r\ndata:${answer}\n\n`,
    ],
    ['data over several lines', 'text/event-stream', 'data: {"id": 7,\ndata: "result": {"ok": true}}\n\n'],
  ])('is found in %s', (_name, type, body) => {
    expect(readMcpResult(type, body, 7)).toEqual({ ok: true });
  });

  it('to another request, an error or nonsense is refused', () => {
    expect(() => readMcpResult('application/json', answer, 8)).toThrow(McpError);
    expect(() => readMcpResult('application/json', '<html>', 7)).toThrow(/no answer/);
    const error = JSON.stringify({ id: 7, error: { code: -32602, message: 'wrong input' } });
    expect(() => readMcpResult('application/json', error, 7)).toThrow('wrong input');
  });
});

it('a completion keeps a provider’s own fields inside the tool calls it hands back', () => {
  const call = {
    id: 'c1',
    type: 'function',
    function: { name: 'vote', arguments: '{}' },
    extra_content: { signature: 'x' },
  };
  const { message, calls } = readCompletion({
    choices: [{ message: { role: 'assistant', content: null, tool_calls: [call] } }],
  });
  expect(message).toEqual({ role: 'assistant', content: null, tool_calls: [call] });
  expect(calls).toEqual([{ id: 'c1', name: 'vote', arguments: '{}' }]);
  expect(() => readCompletion({ error: 'x' })).toThrow(/without a message/);
});

it('a text for the contract is bounded, well-formed and free of NUL', () => {
  expect(contractText('a\u0000b', 10)).toBe('ab');
  const long = contractText('😀'.repeat(20), 11);
  expect(long).toHaveLength(11);
  expect(long.isWellFormed()).toBe(true);
});

it('the log never shows the token', () => {
  const lines: string[] = [];
  const clock = {
    now: () => 0,
    timestamp: () => 'now',
    sleep: async () => {},
    quiet: async () => {},
    random: () => 0,
    uuid: () => '',
  };
  createLog({ clock, write: (line) => lines.push(line), secret: 'hush' })('error', 'it said hush, hush');
  expect(lines).toEqual(['{"time":"now","level":"error","msg":"it said [token], [token]"}\n']);
});
