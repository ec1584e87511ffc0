import { z } from 'zod';
import type { ErrorCode } from './errors.ts';
import type { Role } from './key.ts';

/** One row of the route table: all that the server, the documentation and a client need to know. */
export interface Route<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
> {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  readonly summary: string;
  /** The least role that may call it; `public` needs no key; `local` none from loopback, else a viewer's. */
  readonly role: Role | 'public' | 'local';
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly status: 200 | 201 | 202;
  /** The other status of a good answer: what was asked for is under way. */
  readonly lateStatus: 202 | undefined;
  readonly response: R;
  /** `json` is parsed and answered as such; `stream` rows write their own text. */
  readonly format: 'json' | 'stream';
  /** What a body may come as; `form` is what a page without a script sends. */
  readonly accepts: 'json' | 'form';
  readonly errors: readonly ErrorCode[];
}

const nothing = z.strictObject({});
type Nothing = typeof nothing;

type Row<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType> = Pick<
  Route<P, Q, B, R>,
  'method' | 'path' | 'summary' | 'role' | 'response'
> &
  Partial<Route<P, Q, B, R>>;

/** Fills in what most rows leave out: no parameters, no query, no body, 200, JSON. */
export function route<
  P extends z.ZodType = Nothing,
  Q extends z.ZodType = Nothing,
  B extends z.ZodType = Nothing,
  R extends z.ZodType = z.ZodType,
  const F extends 'json' | 'stream' = 'json',
>(row: Row<P, Q, B, R> & { format?: F }): Route<P, Q, B, R> & { format: F } {
  return {
    params: nothing as unknown as P,
    query: nothing as unknown as Q,
    body: nothing as unknown as B,
    status: 200,
    lateStatus: undefined,
    accepts: 'json',
    errors: [],
    ...row,
    format: row.format ?? ('json' as F),
  };
}
