import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import cors from 'cors';
import express, { type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { AppError } from '../contracts/errors.ts';
import type { Route } from '../contracts/route.ts';
import { type Routes, routes } from '../contracts/routes.ts';
import type { Authenticator } from './http/authenticate.ts';
import type { BrowserGuard } from './http/browser-guard.ts';
import { type Handlers, mount } from './http/mount.ts';
import { createProblemHandler } from './http/problem.ts';
import { watchRequests } from './http/watch.ts';
import type { Metrics } from './metrics.ts';
import type { Chance } from './platform/identity.ts';

interface ApiDeps {
  readonly handlers: Handlers<Routes>;
  readonly authenticator: Authenticator;
  /** What the job queue holds, for admins to see. */
  readonly queues: RequestHandler;
  readonly limiter: RequestHandler;
  /** Listed origins: their pages may read our answers. */
  readonly origins: readonly string[];
  readonly guard: BrowserGuard;
  readonly chance: Chance;
  /** The dashboard's files. */
  readonly dashboard: Router;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** The operators' API: middleware in order, then the route table. */
export function createApi(deps: ApiDeps): Express {
  const { handlers, queues, dashboard, authenticator, limiter, origins, chance, metrics, log } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.use(watchRequests({ metrics, chance, log }));
  app.use(securityHeaders());
  app.use(guarded(deps.guard), shared(origins));
  // Known, counted, allowed, in this order: what a key is too low for costs as much as what it may do.
  const authorise = (row: Pick<Route, 'role'>): RequestHandler[] => [
    authenticator.know(row),
    limiter,
    authenticator.allow(row),
  ];
  mount(app, routes, handlers, {
    authorise,
    body: ({ accepts }) => (accepts === 'form' ? asForm : asJson),
  });
  app.use(dashboard);
  app.use(queuesPath, ...authorise({ role: 'admin' }), queues);
  app.use((request) => {
    throw new AppError('not_found', `There is no ${request.method} ${request.path}`);
  });
  app.use(createProblemHandler(log));
  return app;
}

export const queuesPath = '/queues';

const bodyBytesMax = 256 * 1024;

/** The parser would read all of it to the end before it refuses. */
const refuseAnnounced: RequestHandler = (request, _response, next) => {
  if (Number(request.headers['content-length'] ?? 0) <= bodyBytesMax) return next();
  throw new AppError('payload_too_large', 'The body is larger than 256 kB');
};

/** helmet's headers are the same for every answer: asked for once, in place of a dozen middlewares each time. */
function securityHeaders(): RequestHandler {
  const sample = new ServerResponse(new IncomingMessage(new Socket()));
  helmet()(sample.req, sample, () => undefined);
  const headers = Object.entries(sample.getHeaders());
  return (_request, response, next) => {
    for (const [name, value] of headers) if (value !== undefined) response.setHeader(name, value);
    next();
  };
}

/** What tells a browser which pages may read an answer. Programs send no origin, and need to be told nothing. */
function shared(origins: readonly string[]): RequestHandler {
  const tell = cors({ origin: [...origins], credentials: true });
  return (request, response, next) => {
    if (request.headers.origin !== undefined || request.method === 'OPTIONS') return tell(request, response, next);
    // The next one to ask may be a page: a cache must not answer it with this.
    response.setHeader('Vary', 'Origin');
    next();
  };
}

const guarded =
  (guard: BrowserGuard): RequestHandler =>
  (request, _response, next) => {
    guard(request);
    next();
  };

/**
 * A body of another type would be passed over in silence. No body is fine: a client may say so with a length of 0, but
 * not with the type of a form, which is what a page of another site can send without asking.
 */
const requireJson: RequestHandler = (request, _response, next) => {
  const { 'content-length': length, 'content-type': type } = request.headers;
  if ((length === '0' && type === undefined) || request.is('application/json') !== false) return next();
  throw new AppError('unsupported_media_type', 'Send the body as application/json');
};

const asJson = [refuseAnnounced, requireJson, express.json({ limit: bodyBytesMax, strict: false })];
/** What comes as anything else is no form, and its fields are missing. */
const asForm = [refuseAnnounced, express.urlencoded({ limit: bodyBytesMax, extended: false })];
