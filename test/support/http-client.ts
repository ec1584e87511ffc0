import { expect } from 'vitest';
import type { z } from 'zod';
import type { ErrorCode } from '../../src/contracts/errors.ts';
import { declared, noteSeen, type Outcome, type RouteName, rows } from './http-coverage.ts';
import { type Problem, problemIn } from './http-problem.ts';
import { type Shapes, shapes } from './http-shapes.ts';

/** One request, as loose as a client may be. */
export interface Ask {
  /** Of the path; percent-encoded on the way. */
  readonly params?: Readonly<Record<string, string>>;
  /** In place of the row's path and `params`: as it goes over the wire. */
  readonly path?: string;
  readonly query?: Readonly<Record<string, string | number>> | string;
  /** Sent as JSON; a POST without one sends `{}`. */
  readonly body?: unknown;
  /** Sent as it is, in place of `body`; null sends no body at all. */
  readonly text?: string | Uint8Array<ArrayBuffer> | null;
  readonly contentType?: string;
  /** `null`: none. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
  readonly outcome: Outcome;
}

export interface Client {
  /** Asks a route. Every answer is checked: declared by its row, a proper problem or the contract's shape. */
  ask(name: RouteName, ask?: Ask): Promise<Told>;
  /** What the route answers when it does what it is for. */
  ok<N extends RouteName>(name: N, ask?: Ask): Promise<z.output<Shapes[N]>>;
  /** The refusal with this code; anything else fails. */
  refusal(name: RouteName, code: ErrorCode, ask?: Ask): Promise<Problem>;
  /** Any request, unchecked. */
  send(method: string, path: string, ask?: Ask): Promise<Omit<Told, 'outcome'>>;
}

export function createClient(url: string, ownKey: string): Client {
  async function send(method: string, path: string, ask: Ask = {}): Promise<Omit<Told, 'outcome'>> {
    const { key = ownKey, headers = {}, contentType = 'application/json' } = ask;
    const body = bodyOf(method, ask);
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(key !== null && { 'x-api-key': key }),
        ...(body !== undefined && { 'content-type': contentType }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : text };
  }

  async function ask(name: RouteName, options: Ask = {}): Promise<Told> {
    const row = rows[name];
    const answer = await send(row.method.toUpperCase(), pathOf(row.path, options), options);
    const outcome = outcomeOf(name, answer);
    expect(declared(name), `${name} may not answer ${outcome}: ${answer.text}`).toContain(outcome);
    if (outcome === answer.status) shapes[name].parse(answer.body);
    noteSeen(name, outcome);
    return { ...answer, outcome };
  }

  return {
    send,
    ask,
    async ok(name, options) {
      const { outcome, text, body } = await ask(name, options);
      expect(outcome, text).toBeTypeOf('number');
      // `ask` has parsed it with this very schema; TypeScript does not see that through the index.
      return body as z.output<Shapes[typeof name]>;
    },
    async refusal(name, code, options) {
      const told = await ask(name, options);
      expect(told.outcome, told.text).toBe(code);
      return problemIn(told);
    },
  };
}

/** /ready answers 503 with a body of its own, which is no problem. */
function outcomeOf(name: RouteName, answer: Omit<Told, 'outcome'>): Outcome {
  const isOwn = answer.status < 400 || (name === 'getReadiness' && answer.status === 503);
  return isOwn ? (answer.status as Outcome) : problemIn(answer).code;
}

function bodyOf(method: string, { body, text }: Ask): string | Uint8Array<ArrayBuffer> | undefined {
  if (text !== undefined) return text ?? undefined;
  if (body !== undefined) return JSON.stringify(body);
  return method === 'POST' ? '{}' : undefined;
}

function pathOf(pattern: string, { params = {}, path, query = '' }: Ask): string {
  const filled = pattern.replace(/:(\w+)/g, (_part, name: string) => encodeURIComponent(params[name] ?? anyParam));
  const search = typeof query === 'string' ? query : String(new URLSearchParams(stringsOf(query)));
  return (path ?? filled) + (search === '' ? '' : `?${search}`);
}

/** Well-formed as an agent's type and as an id, and names nothing. */
const anyParam = 'nobody';

const stringsOf = (query: Readonly<Record<string, string | number>>) =>
  Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
