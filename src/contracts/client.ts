import { z } from 'zod';
import { type ErrorCode, errorCodes, type InputIssue } from './errors.ts';
import type { Route } from './route.ts';
import { type Routes, routes } from './routes.ts';

type RouteName = keyof Routes;
type NamesOf<F extends Route['format']> = { [N in RouteName]: Routes[N]['format'] extends F ? N : never }[RouteName];

/** A query goes over the wire as text: whoever calls may hand in numbers and booleans, and leave anything out. */
type QueryOf<T> = {
  readonly [K in keyof T]: (string extends NonNullable<T[K]> ? string | number : T[K]) | undefined;
};
type Part<K extends string, T> = Record<never, never> extends T ? { readonly [P in K]?: T } : { readonly [P in K]: T };

/** What a route takes, by its row in the table. */
type Input<R extends Route> = Part<'params', z.input<R['params']>> &
  Part<'query', QueryOf<z.input<R['query']>>> &
  Part<'body', z.input<R['body']>> & { readonly signal?: AbortSignal };
type Arguments<R extends Route> = Record<never, never> extends Input<R> ? [input?: Input<R>] : [input: Input<R>];

/** The routes that answer JSON. */
export type JsonRouteName = NamesOf<'json'>;
/** What `call` takes besides the route's name: left out where the route needs nothing. */
export type CallArguments<N extends RouteName> = Arguments<Routes[N]>;

/** What a route answers, parsed. */
export type Answer<N extends RouteName> = z.output<Routes[N]['response']>;

export interface Client {
  /** Asks a route and parses its answer. Rejects with a CallError whatever goes wrong, or with the signal's reason. */
  call<N extends JsonRouteName>(name: N, ...input: Arguments<Routes[N]>): Promise<Answer<N>>;
  /** The text of a route that writes its own, as it comes. Rejects as `call` does when it does not begin. */
  read<N extends NamesOf<'stream'>>(name: N, ...input: Arguments<Routes[N]>): Promise<ReadableStream<string>>;
}

export interface ClientOptions {
  /** Where the API is, such as `http://127.0.0.1:8080`; empty in a page that the orchestrator has served. */
  readonly url: string;
  /** An API key; undefined where a session cookie stands for it. */
  readonly key?: string | undefined;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

/**
 * The one error of a call. `unreachable`: nobody answered. `unexpected_answer`: somebody did, but not as the contract says. All
 * other codes are the orchestrator's own.
 */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: ErrorCode | 'unreachable' | 'unexpected_answer';
  readonly status: number | undefined;
  readonly issues: readonly InputIssue[];
  /** Seconds after which it may go better, as far as the orchestrator said so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: CallError['code'], detail: string, more: Partial<Problem> & { cause?: unknown } = {}) {
    super(detail, 'cause' in more ? { cause: more.cause } : undefined);
    this.code = code;
    this.status = more.status;
    this.issues = more.errors ?? [];
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

const problemSchema = z.object({
  status: z.number(),
  detail: z.string(),
  code: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
type Problem = z.output<typeof problemSchema> & { readonly retryAfterSeconds: number | undefined };

/** A client of the operators' API, typed by the route table; for browsers and for Node. */
export function createClient({ url, key, fetch }: ClientOptions): Client {
  async function ask(row: Route, input: Partial<Input<Route>>): Promise<Response> {
    const response = await fetch(url + pathOf(row.path, input), requestOf(row, input, key)).catch((cause: unknown) => {
      if (input.signal?.aborted) throw input.signal.reason;
      throw new CallError('unreachable', `${url} does not answer: ${reasonOf(cause)}`, { cause });
    });
    // /ready says 503 with a body of its own; what is no good answer otherwise is a problem.
    if (response.ok || (row.path === '/ready' && isJson(response))) return response;
    throw await problemOf(response, url);
  }

  return {
    async call(name, ...[input = {}]) {
      const row: Route = routes[name];
      const response = await ask(row, input);
      const parsed = row.response.safeParse(await jsonOf(response, url));
      // The row's own schema has parsed it; TypeScript does not see that through the index.
      if (parsed.success) return parsed.data as Answer<typeof name>;
      throw unexpected(response, url, z.prettifyError(parsed.error));
    },
    async read(name, ...[input = {}]) {
      const response = await ask(routes[name], input);
      const body = response.body ?? new Blob([]).stream();
      return body.pipeThrough(new TextDecoderStream());
    },
  };
}

function pathOf(pattern: string, { params, query }: Partial<Input<Route>>): string {
  const values = Object.entries(params ?? {});
  const path = values.reduce(
    (filled, [name, value]) => filled.replace(`:${name}`, () => encodeURIComponent(String(value))),
    pattern,
  );
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  const search = String(new URLSearchParams(Object.fromEntries(given.map(([name, value]) => [name, String(value)]))));
  return search === '' ? path : `${path}?${search}`;
}

function requestOf(row: Route, { body, signal }: Partial<Input<Route>>, key: string | undefined): RequestInit {
  return {
    method: row.method.toUpperCase(),
    headers: {
      ...(key !== undefined && { Authorization: `Bearer ${key}` }),
      ...(row.method !== 'get' && { 'Content-Type': 'application/json' }),
    },
    ...(row.method !== 'get' && { body: JSON.stringify(body ?? {}) }),
    ...(signal && { signal }),
    // A key is for this address; it does not follow where somebody points.
    redirect: 'manual',
  };
}

async function problemOf(response: Response, url: string): Promise<CallError> {
  const location = response.headers.get('Location');
  if (location !== null)
    return unexpected(response, url, `it points to ${location}; give that address if it is the right one`);
  const parsed = problemSchema.safeParse(isJson(response) ? await jsonOf(response, url) : undefined);
  if (!parsed.success || !isKnown(parsed.data.code)) {
    return unexpected(
      response,
      url,
      parsed.success ? `${parsed.data.code}: ${parsed.data.detail}` : 'is that Boardroom?',
    );
  }
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  const retryAfterSeconds = Number.isFinite(seconds) ? seconds : undefined;
  return new CallError(parsed.data.code, parsed.data.detail, { ...parsed.data, retryAfterSeconds });
}

const isKnown = (code: string): code is ErrorCode => Object.hasOwn(errorCodes, code);

const isJson = (response: Response): boolean => /[/+]json\b/.test(response.headers.get('Content-Type') ?? '');

async function jsonOf(response: Response, url: string): Promise<unknown> {
  const text = await response.text().catch((cause: unknown) => {
    throw new CallError('unreachable', `${url} broke off in the middle of its answer`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CallError('unexpected_answer', `${url} answers something that is no JSON`, {
      cause,
      status: response.status,
    });
  }
}

const unexpected = ({ status }: Response, url: string, why: string): CallError =>
  new CallError('unexpected_answer', `${url} answers ${status} in a way that this version does not expect: ${why}`, {
    status,
  });

/** fetch says "fetch failed", and in its cause why. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return cause.message !== '' ? cause.message : 'code' in cause ? String(cause.code) : cause.name;
}
