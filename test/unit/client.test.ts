import { describe, expect, it } from 'vitest';
import { CallError, createClient } from '../../src/contracts/client.ts';

/** A client whose requests end here, and what came of them. */
function stage(answer: () => Response) {
  const asked: { url: string; init: RequestInit }[] = [];
  const client = createClient({
    url: 'http://board',
    key: 'brk_x',
    fetch: async (url, init) => {
      asked.push({ url, init });
      return answer();
    },
  });
  return { client, asked };
}

const json = (body: unknown, init: ResponseInit = {}) =>
  new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' }, ...init });
const problem = (body: unknown, headers: Record<string, string> = {}) =>
  json(body, { status: 409, headers: { 'Content-Type': 'application/problem+json', ...headers } });

const failure = async (answer: () => Response): Promise<CallError> => {
  const error = await stage(answer)
    .client.call('getTask', { params: { id: 'tsk_1' } })
    .catch((thrown: unknown) => thrown);
  if (error instanceof CallError) return error;
  throw new Error(`no CallError: ${String(error)}`);
};

describe('a request', () => {
  it('is what the row says: method, path, query, body, key', async () => {
    const { client, asked } = stage(() => json({ success: true, setting: {} }));
    const params = { category: 'custom', key: 'a/b?c' };
    await client.call('changeSetting', { params, body: { value: 1 } }).catch(() => undefined);
    expect(asked).toMatchObject([
      {
        url: 'http://board/settings/custom/a%2Fb%3Fc',
        init: { method: 'POST', body: '{"value":1}', redirect: 'manual', headers: { Authorization: 'Bearer brk_x' } },
      },
    ]);
  });

  it('leaves out of the query what is not given', async () => {
    const { client, asked } = stage(() => json({ tasks: [], total: 0, limit: 5, offset: 0 }));
    await client.call('listTasks', { query: { status: undefined, limit: 5, assignedTo: 'cmo' } });
    expect(asked[0]?.url).toBe('http://board/tasks?limit=5&assignedTo=cmo');
    expect(asked[0]?.init).not.toHaveProperty('body');
  });
});

describe('an answer', () => {
  it('is parsed: what the row does not name is left out', async () => {
    const { client } = stage(() => json({ status: 'ok', timestamp: '2030-01-31T12:00:00Z', more: 1 }));
    expect(await client.call('getHealth')).toEqual({ status: 'ok', timestamp: '2030-01-31T12:00:00Z' });
  });

  it('of /ready is one with 503 too', async () => {
    const body = { ready: false, checks: { database: 'ok', redis: 'error' } };
    expect(await stage(() => json(body, { status: 503 })).client.call('getReadiness')).toEqual(body);
  });

  it('that is text comes as it is written', async () => {
    const { client } = stage(() => new Response('one\ntwo\n'));
    let text = '';
    for await (const chunk of await client.read('getAgentLogs', { params: { type: 'cmo' } })) text += chunk;
    expect(text).toBe('one\ntwo\n');
  });
});

describe('whatever goes wrong is one error', () => {
  it('a problem, with its code, its details and when to try again', async () => {
    const errors = [{ path: 'body.title', message: 'must not be blank' }];
    const body = { status: 409, code: 'task_closed', detail: 'It is done', errors };
    const error = await failure(() => problem(body, { 'Retry-After': '3' }));
    expect(error).toMatchObject({ code: 'task_closed', message: 'It is done', status: 409, retryAfterSeconds: 3 });
    expect(error.issues).toEqual(errors);
  });

  it.each<[string, () => Response, string]>([
    ['a code of a newer version', () => problem({ status: 409, code: 'new_thing', detail: 'New' }), 'new_thing: New'],
    ['a page of somebody else', () => new Response('<html>', { status: 502 }), 'is that Boardroom?'],
    ['a good answer that is none', () => new Response('<html>'), 'no JSON'],
    ['a good answer of another shape', () => json({ id: 1 }), 'does not expect'],
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { Location: 'https://x/' } }),
      'points to https://x/',
    ],
  ])('%s', async (_what, answer, words) => {
    expect(await failure(answer)).toMatchObject({
      code: 'unexpected_answer',
      message: expect.stringContaining(words),
    });
  });

  it('nobody there', async () => {
    const cause = new Error('connect ECONNREFUSED');
    const error = await failure(() => {
      throw new TypeError('fetch failed', { cause });
    });
    expect(error).toMatchObject({ code: 'unreachable', message: expect.stringContaining('ECONNREFUSED') });
  });

  it('but who has ended it himself gets his own reason', async () => {
    const leaving = new AbortController();
    const { client } = stage(() => {
      leaving.abort(new Error('enough'));
      throw new Error('aborted');
    });
    await expect(client.call('getHealth', { signal: leaving.signal })).rejects.toThrow('enough');
  });
});

it('the types of a call are those of its row', () => {
  const { client } = stage(() => json({}));
  const typed = [
    () => client.call('listAgents'),
    // @ts-expect-error: a task has an id
    () => client.call('getTask'),
    // @ts-expect-error: there is no such status
    () => client.call('listTasks', { query: { status: 'lost' } }),
    // @ts-expect-error: a body has its fields
    () => client.call('createTask', { body: { title: 'x' } }),
    // @ts-expect-error: text is read, not called
    () => client.call('getMetrics'),
  ];
  expect(typed).toHaveLength(5);
});
