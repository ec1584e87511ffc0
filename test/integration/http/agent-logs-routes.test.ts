import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
const params = { type: 'cfo' };

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.dispose());

const linesOf = (text: string) => text.split('\n').filter((line) => line !== '');
const logs = (query: Record<string, string | number> = {}) => stage.ok('getAgentLogs', { params, query });
const say = (message: string) => stage.ok('messageAgent', { params, body: { message, priority: 'critical' } });
const untilLines = (count: number) =>
  eventually(async () => (linesOf(await logs()).length >= count ? true : undefined), {
    what: `${count} lines`,
    withinMs: 20_000,
  });

interface Following {
  readonly headers: Headers;
  /** All that has come so far. */
  text(): string;
  readonly ended: Promise<void>;
  leave(): void;
}

/** Follows the logs until it leaves or the stream ends. */
async function follow(query = 'follow=true'): Promise<Following> {
  const leaving = new AbortController();
  const response = await fetch(`${stage.url}/agents/cfo/logs?${query}`, {
    headers: { 'x-api-key': stage.keys.operator },
    signal: leaving.signal,
  });
  expect(response.status).toBe(200);
  let text = '';
  const decoder = new TextDecoder();
  const read = async () => {
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
  };
  const ended = read().catch((error: unknown) => {
    if (!leaving.signal.aborted) throw error;
  });
  return { headers: response.headers, text: () => text, ended, leave: () => leaving.abort() };
}

const eventsOf = (text: string) =>
  text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => event.replace(/^data: /, ''));

describe('the logs of an agent without a container', () => {
  it('are refused, followed or not', async () => {
    await stage.refusal('getAgentLogs', 'no_logs', { params });
    await stage.refusal('getAgentLogs', 'no_logs', { params, query: { follow: 'true' } });
  });

  it('of a role that is not there are 404', async () => {
    await stage.refusal('getAgentLogs', 'agent_not_found', { params: { type: 'nobody' } });
  });
});

describe('the logs of a running agent', () => {
  beforeAll(async () => {
    await stage.ok('startAgent', { params });
    await say('Say something');
    await untilLines(3);
  });

  it('are its lines as plain text', async () => {
    const { headers, text } = await stage.ask('getAgentLogs', { params, key: stage.keys.operator });
    expect(headers.get('content-type')).toMatch(/^text\/plain; charset=utf-8$/);
    expect(linesOf(text).length).toBeGreaterThanOrEqual(3);
    // The built-in agent writes a JSON object a line: whole lines, then.
    for (const line of linesOf(text)) expect(JSON.parse(line)).toHaveProperty('msg');
  });

  it('hold no secret of the agent’s', async () => {
    expect(await logs({ tail: 10_000 })).not.toMatch(/bra_[\w-]{20}/);
  });

  it('are the last so many when asked for', async () => {
    const [last] = linesOf(await logs({ tail: 1 }));
    const two = linesOf(await logs({ tail: 2 }));
    expect(two).toHaveLength(2);
    expect(linesOf(await logs({ tail: 10_000 }))).toEqual(expect.arrayContaining([...two, last]));
  });

  it.each(['false', '0'])('end where they are when follow is %s', async (value) => {
    expect(linesOf(await logs({ follow: value })).length).toBeGreaterThanOrEqual(3);
  });

  it.each(['yes', 'TRUE!', ''])('are refused when follow is "%s", which says neither', async (value) => {
    await stage.refusal('getAgentLogs', 'invalid_request', { params, query: { follow: value } });
  });
});

describe('logs that are followed', () => {
  it('are server-sent events, one a line: those of before, then each new one', async () => {
    // The agent writes when it likes: certain is only where in its log the lines stand.
    const whole = async () => linesOf(await logs({ tail: 10_000 }));
    const before = await whole();
    const following = await follow('follow=true&tail=2');
    expect(following.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(following.headers.get('cache-control')).toBe('no-store');
    const told = (count: number) =>
      eventually(
        () => {
          const text = following.text();
          const lines = eventsOf(text);
          return /^(?:data: [^\n]*\n\n)+$/.test(text) && lines.length >= count ? lines : undefined;
        },
        { what: `${count} lines, and nothing else`, withinMs: 20_000 },
      );
    const [first = ''] = await told(2);
    const meanwhile = await whole();
    const start = meanwhile.indexOf(first);
    expect(start).toBeGreaterThanOrEqual(before.length - 2);
    await say('Say something new');
    const lines = await told(meanwhile.length - start + 1);
    expect(lines).toEqual((await whole()).slice(start, start + lines.length));
    following.leave();
    await following.ended;
  });

  it('are read without a word of warning from Node', async () => {
    const warnings: string[] = [];
    const note = ({ message }: Error) => void warnings.push(message);
    process.on('warning', note);
    const following = await follow();
    await eventually(() => following.text() !== '' || undefined, { what: 'a line' });
    following.leave();
    await following.ended;
    await logs();
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('end when the agent ends', async () => {
    const following = await follow();
    await stage.ok('stopAgent', { params });
    let over = false;
    void following.ended.then(() => {
      over = true;
    });
    await eventually(() => over || undefined, { what: 'the end of the stream' });
  });

  it('do not keep the orchestrator from closing', async () => {
    const own = await openStage();
    await own.ok('startAgent', { params });
    const response = await fetch(`${own.url}/agents/cfo/logs?follow=true`, {
      headers: { 'x-api-key': own.keys.admin },
    });
    const cut = response.text().then(
      () => 'ended',
      () => 'cut off',
    );
    await own.dispose();
    expect(['ended', 'cut off']).toContain(await cut);
  });
});

closeBook('agent-logs-routes');
