import type { Express, Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { AppError } from '../../contracts/errors.ts';
import type { Route } from '../../contracts/route.ts';
import type { Caller } from '../keys/service.ts';

/** What a handler gets: everything parsed, the caller known and allowed. */
export interface Input<R extends Route> {
  readonly params: z.output<R['params']>;
  readonly query: z.output<R['query']>;
  readonly body: z.output<R['body']>;
  readonly caller: Caller;
  readonly request: Request;
}

/** An answer with another status than the row's usual one. */
export class Reply<T> {
  readonly status: number;
  readonly body: T;
  constructor(status: number, body: T) {
    this.status = status;
    this.body = body;
  }
}

type Handler<R extends Route> = R['format'] extends 'stream'
  ? (input: Input<R>, response: Response) => Promise<void>
  : (input: Input<R>, response: Response) => Promise<z.input<R['response']> | Reply<z.input<R['response']>>>;

/** One function per row. A row without its function does not compile. */
export type Handlers<T extends Record<string, Route>> = { readonly [K in keyof T]: Handler<T[K]> };

export interface Guards {
  /** Knows the caller, or throws; runs before anything of the request is parsed. */
  readonly authorise: (row: Route) => readonly RequestHandler[];
  /** Reads the body of those rows that may have one. */
  readonly body: (row: Route) => readonly RequestHandler[];
}

export function mount<T extends Record<string, Route>>(
  app: Express,
  routes: T,
  handlers: Handlers<T>,
  guards: Guards,
): void {
  for (const [name, row] of Object.entries(routes)) {
    // TypeScript loses the pairing of row and handler over entries; Handlers<T> has checked it.
    const handle = handlers[name] as unknown as (input: Input<Route>, response: Response) => Promise<unknown>;
    const body = row.method === 'get' ? [] : guards.body(row);
    app[row.method](row.path, ...guards.authorise(row), ...body, (request, response) =>
      answer(row, handle, { request, response }),
    );
  }
}

async function answer(
  row: Route,
  handle: (input: Input<Route>, response: Response) => Promise<unknown>,
  { request, response }: { request: Request; response: Response },
): Promise<void> {
  const input = {
    params: parse(row.params, request.params, 'path'),
    query: parse(row.query, request.query, 'query'),
    body: parse(row.body, request.body ?? {}, 'body'),
    caller: callerOf(response),
    request,
  };
  const result = await handle(input, response);
  if (row.format === 'stream') return;
  const { status, body } = result instanceof Reply ? result : { status: row.status, body: result };
  // Our own answer is held to the contract too: what the row does not name never leaves.
  sendJson(response, status, row.response.parse(body));
}

/** In one piece with its headers; Express would hash each answer for an ETag that nobody asks for, and write twice. */
function sendJson(response: Response, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

function parse(schema: z.ZodType, value: unknown, place: 'path' | 'query' | 'body'): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => ({
    path: [place, ...issue.path].join('.'),
    message: issue.message,
  }));
  const first = issues[0];
  throw new AppError('invalid_request', first ? `${first.path}: ${first.message}` : 'The request is not valid', {
    cause: result.error,
    issues,
  });
}

const anonymous: Caller = { keyId: '', name: 'anonymous', role: 'viewer', expiresAt: null };

export const setCaller = (response: Response, caller: Caller): void => {
  response.locals['caller'] = caller;
};

export const callerOf = (response: Response): Caller => (response.locals['caller'] as Caller | undefined) ?? anonymous;
