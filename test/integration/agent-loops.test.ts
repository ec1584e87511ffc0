import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chatRequestSchema } from '../../src/orchestrator/models/chat.ts';
import { rehearse } from '../../src/orchestrator/models/rehearsal.ts';
import { type AgentStage, buildAgent, scheduled, startAgentStage, wake } from '../support/agent-stage.ts';
import { eventually } from '../support/eventually.ts';
import { aMessage, aTask } from '../support/rehearsal-stage.ts';
import { ModelRefusal, nothingNew } from '../support/scripted-gateway.ts';

let agent: Awaited<ReturnType<typeof buildAgent>>;
let stage: AgentStage;

beforeAll(async () => {
  agent = await buildAgent();
});
afterAll(() => agent.remove());
beforeEach(async () => {
  stage = await startAgentStage(agent.file);
});
afterEach(() => stage.dispose());

describe('a loop', () => {
  it('that only the schedule woke costs no model call when nothing is new', async () => {
    await stage.startConnected();
    stage.gateway.send(scheduled);
    expect(await stage.reported()).toMatchObject([{ loopId: 'lop_1', outcome: 'idle' }]);
    expect(new Set(stage.gateway.toolCalls.map(({ name }) => name))).toEqual(
      new Set(['list_decisions', 'list_tasks', 'read_inbox', 'recall']),
    );
    expect(stage.gateway.modelCalls).toEqual([]);
  });

  it('thinks with the role, the briefing and the offered tools, and acts through them', async () => {
    const messages = [aMessage({ from: 'operator:anna', body: 'How far are we?' })];
    stage.gateway.script.tool = (name) =>
      name === 'read_inbox' ? { messages, more: false } : (nothingNew[name] ?? { task: {} });
    stage.gateway.script.model = (request) => rehearse(chatRequestSchema.parse(request));
    await stage.startConnected();
    stage.gateway.send(wake());
    const [report] = await stage.reported();
    expect(report).toMatchObject({ outcome: 'done' });
    expect(report?.summary).toContain('Noted from operator:anna: "How far are we?"');
    expect(stage.gateway.toolCalls.at(-1)).toMatchObject({ name: 'remember', input: { key: 'message msg_1' } });
    expect(new Set(stage.gateway.toolCalls.map(({ callId }) => callId)).size).toBe(stage.gateway.toolCalls.length);
    const lines = stage.gateway.connections[0]?.frames.flatMap((frame) => (frame.type === 'log' ? frame.lines : []));
    expect(lines).toContain('remember: ok');
  });

  it('asks once what the team knows of what it was woken for, and shows it to the model', async () => {
    const tasks = [aTask({ title: 'Print "the" flyer -now' }), aTask({ id: 'tsk_2', title: 'Something else' })];
    const found = {
      title: 'Printing',
      kind: 'decision',
      agent: null,
      snippet: 'We print on recycled paper.',
      score: 1,
      updatedAt: '2030-01-01T00:00:00.000Z',
    };
    const documents = [
      { ...found, id: 'doc_1', source: 'decision:dec_1' },
      // The task itself stands in the briefing already.
      { ...found, id: 'doc_2', source: 'task:tsk_1' },
    ];
    stage.gateway.script.tool = (name, { query = '' }) => {
      if (name === 'list_tasks') return { tasks };
      return name === 'recall' && query !== '' ? { notes: [], documents } : (nothingNew[name] ?? { task: {} });
    };
    await stage.startConnected();
    stage.gateway.send(wake({ wakes: [{ reason: 'task', subjects: ['tsk_1'] }] }));
    await stage.reported();
    const asked = stage.gateway.toolCalls.filter(
      ({ name, input }) => name === 'recall' && input['query'] !== undefined,
    );
    expect(asked.map(({ input }) => input)).toEqual([{ query: 'Print the flyer now', limit: 4 }]);
    const { messages } = chatRequestSchema.parse(stage.gateway.modelCalls[0]);
    const prompt = JSON.stringify(messages);
    expect(prompt).toContain('doc_1');
    expect(prompt).not.toContain('doc_2');
  });

  it('asks for nothing when what is there can only wait', async () => {
    const decisions = [{ id: 'dec_1', title: 'Print it', status: 'pending' as const, because: '' }];
    const tasks = [aTask({ title: 'Print it', status: 'in_progress', decisions })];
    stage.gateway.script.tool = (name) => (name === 'list_tasks' ? { tasks } : (nothingNew[name] ?? {}));
    await stage.startConnected();
    stage.gateway.send(scheduled);
    expect(await stage.reported()).toMatchObject([{ outcome: 'idle' }]);
    expect(stage.gateway.toolCalls.filter(({ input }) => 'query' in input)).toEqual([]);
  });

  it('thinks without what the team knows when it is refused', async () => {
    stage.gateway.script.tool = (name, { query = '' }) => {
      if (name === 'list_tasks') return { tasks: [aTask({ title: 'Print it' })] };
      return name === 'recall' && query !== '' ? 'not_allowed: no' : (nothingNew[name] ?? { task: {} });
    };
    await stage.startConnected();
    stage.gateway.send(wake({ wakes: [{ reason: 'task', subjects: ['tsk_1'] }] }));
    expect(await stage.reported()).toMatchObject([{ outcome: 'done' }]);
    expect(stage.gateway.modelCalls).toHaveLength(1);
  });

  it('gives a refused call back to the model, and goes on', async () => {
    stage.gateway.script.tool = (name) => nothingNew[name] ?? 'wip_limit_reached: enough';
    const call = { id: 'c1', type: 'function', function: { name: 'claim_task', arguments: '{"taskId":"tsk_1"}' } };
    const unreadable = { id: 'c2', type: 'function', function: { name: 'claim_task', arguments: '{"taskId":' } };
    stage.gateway.script.model = (request) => {
      const { messages } = chatRequestSchema.parse(request);
      const said = messages.filter(({ role }) => role === 'tool').map(({ content }) => content);
      const message =
        said.length > 0 ? { content: said.join(' / ') } : { content: null, tool_calls: [call, unreadable] };
      return { choices: [{ message: { role: 'assistant', ...message } }] };
    };
    await stage.startConnected();
    stage.gateway.send(wake());
    const [report] = await stage.reported();
    expect(report?.summary).toBe(
      'Refused: wip_limit_reached: enough / The arguments of this call are not a JSON object.',
    );
  });
});

describe('a loop in trouble', () => {
  it('whose tool call is cut off sends it again under the same id', async () => {
    const tasks = [aTask({ title: 'Tidy the wiki' })];
    stage.gateway.script.tool = (name) => (name === 'list_tasks' ? { tasks } : (nothingNew[name] ?? { done: true }));
    stage.gateway.script.model = (request) => rehearse(chatRequestSchema.parse(request));
    let cuts = 0;
    stage.gateway.script.cut = (moment, _path, body) => {
      const hit = moment === 'after' && body.includes('"claim_task"') && body.includes('tools/call') && cuts === 0;
      if (hit) cuts += 1;
      return hit;
    };
    await stage.startConnected();
    stage.gateway.send(wake({ wakes: [{ reason: 'task', subjects: ['tsk_1'] }] }));
    expect(await stage.reported()).toMatchObject([{ outcome: 'done' }]);
    const claims = stage.gateway.toolCalls.filter(({ name }) => name === 'claim_task');
    expect(claims).toHaveLength(2);
    expect(claims[0]?.callId).toEqual(expect.any(String));
    expect(claims[1]?.callId).toBe(claims[0]?.callId);
    expect(stage.gateway.toolCalls.filter(({ name }) => name === 'complete_task')).toHaveLength(1);
  });

  it('tries a tool again that failed by the server’s own fault, under the same id', async () => {
    let faults = 0;
    stage.gateway.script.tool = (name) => {
      faults += 1;
      if (faults === 1) throw new Error('the database is being restarted');
      return nothingNew[name] ?? { done: true };
    };
    await stage.startConnected();
    stage.gateway.send(scheduled);
    expect(await stage.reported()).toMatchObject([{ outcome: 'idle' }]);
    expect(stage.gateway.toolCalls).toHaveLength(5);
    expect(new Set(stage.gateway.toolCalls.map(({ callId }) => callId)).size).toBe(4);
  });

  it('outlives an absence of the gateway, and reports when it is back', async () => {
    let answer: (() => void) | undefined;
    stage.gateway.script.model = () =>
      new Promise((resolve) => {
        answer = () => resolve({ choices: [{ message: { role: 'assistant', content: 'Patience.' } }] });
      });
    await stage.startConnected();
    stage.gateway.send(wake());
    await eventually(() => stage.gateway.modelCalls.length || undefined);
    await stage.gateway.vanish();
    await stage.gateway.listen();
    const { frames } = await stage.connected(2);
    expect(frames[0]).toMatchObject({ type: 'hello', loopId: 'lop_1' });
    await eventually(() => stage.gateway.modelCalls.length >= 2 || undefined, { what: 'the repeated model call' });
    answer?.();
    expect(await stage.reported()).toMatchObject([{ outcome: 'done', summary: 'Patience.' }]);
  });

  it('waits as long as a busy model asks for, but not beyond its time', async () => {
    stage.gateway.script.model = () => 429;
    stage.gateway.script.retryAfterSeconds = 60;
    await stage.startConnected();
    stage.gateway.send(wake());
    expect(await stage.reported()).toMatchObject([{ outcome: 'failed', summary: 'gave up at attempt 1: 429: 429' }]);
  });

  it('that fails is reported with the reason', async () => {
    stage.gateway.script.model = () => 400;
    await stage.startConnected();
    stage.gateway.send(wake());
    expect(await stage.reported()).toMatchObject([
      { outcome: 'failed', summary: 'the model endpoint answered 400: 400' },
    ]);
  });

  it('that no budget has room for ends at once, with the gateway’s own sentence', async () => {
    stage.gateway.script.model = () => new ModelRefusal(402, 'The budget cmo.monthly.usd leaves no room for a call');
    await stage.startConnected();
    stage.gateway.send(wake());
    expect(await stage.reported()).toMatchObject([
      {
        outcome: 'failed',
        summary: 'the model endpoint answered 402: The budget cmo.monthly.usd leaves no room for a call',
      },
    ]);
    expect(stage.gateway.modelCalls).toHaveLength(1);
  });

  it('that runs out of time is reported before the gateway takes it for hung', async () => {
    stage.gateway.script.model = () => new Promise(() => {});
    await stage.startConnected();
    const begin = performance.now();
    stage.gateway.send(wake({ turnTimeoutMs: 3_000 }));
    const [report] = await stage.reported();
    expect(performance.now() - begin).toBeLessThan(3_000);
    expect(report).toMatchObject({ outcome: 'failed' });
    expect(report?.summary).toContain('ran out of time');
  });

  it('that cannot reach the model is given up when its time ends, and says so', async () => {
    stage.gateway.script.cut = (moment, path) => moment === 'before' && path.startsWith('/llm');
    await stage.startConnected();
    stage.gateway.send(wake({ turnTimeoutMs: 1_500 }));
    const [report] = await stage.reported();
    expect(report?.summary).toMatch(/gave up at attempt \d/);
  });
});

describe('a report', () => {
  it('is sent again after each reconnection until it is acknowledged', async () => {
    await stage.startConnected();
    stage.gateway.send(scheduled);
    await stage.reported(1);
    stage.gateway.connections[0]?.socket.close(1001);
    await stage.reported(2);
    expect((await stage.connected(2)).frames[0]).toMatchObject({ type: 'hello', loopId: 'lop_1' });
    stage.gateway.send({ type: 'report_ack', loopId: 'lop_1' });
    stage.gateway.connections[1]?.socket.close(1001);
    expect((await stage.connected(3)).frames[0]).toMatchObject({ type: 'hello', loopId: null });
    stage.gateway.send(wake({ loopId: 'lop_2' }));
    await stage.reported(3);
    expect(stage.gateway.reports().map(({ loopId }) => loopId)).toEqual(['lop_1', 'lop_1', 'lop_2']);
  });

  it('answers a second wake for the same loop, which is not run twice', async () => {
    let answer: (() => void) | undefined;
    stage.gateway.script.model = () =>
      new Promise((resolve) => {
        answer = () => resolve({ choices: [{ message: { role: 'assistant', content: 'Once.' } }] });
      });
    const agent = await stage.startConnected();
    stage.gateway.send(wake());
    await eventually(() => stage.gateway.modelCalls.length || undefined);
    stage.gateway.send(wake());
    stage.gateway.send(wake({ loopId: 'lop_other' }));
    await eventually(() => agent.output().includes('ignored a wake for lop_other') || undefined);
    answer?.();
    await stage.reported(1);
    stage.gateway.send(wake());
    expect(await stage.reported(2)).toMatchObject([{ summary: 'Once.' }, { summary: 'Once.' }]);
    expect(agent.output().match(/loop \w+ begins/g)).toEqual(['loop lop_1 begins']);
    expect(stage.gateway.modelCalls).toHaveLength(1);
    expect(stage.gateway.reports().map(({ loopId }) => loopId)).toEqual(['lop_1', 'lop_1']);
  });
});
