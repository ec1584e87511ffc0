import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.ts';
import type { Chance } from '../platform/identity.ts';

interface Deps {
  readonly metrics: Metrics;
  readonly chance: Chance;
  readonly log: Logger;
}

/**
 * Gives each request its id, and notes how it went: for the metrics always, for the log when somebody wants to read it.
 * Written out, because a library's logger for each request costs a fifth of a small answer's time.
 */
export const watchRequests =
  ({ metrics, chance, log }: Deps): RequestHandler =>
  (request, response, next) => {
    const requestId = idOf(request) ?? chance.uuid();
    response.setHeader('X-Request-Id', requestId);
    const observe = metrics.requests.startTimer();
    response.on('close', () => {
      const { method } = request;
      const path = pathToShow(request);
      const status = response.statusCode;
      // The pattern, not the path: one series a route, whatever ids are asked for.
      const route = (request.route as { path?: string } | undefined)?.path ?? 'none';
      observe({ method, route, status: String(status) });
      const level = status >= 500 ? 'warn' : 'debug';
      if (log.isLevelEnabled(level)) log[level]({ requestId, method, path, status }, 'request');
    });
    next();
  };

/** Whoever has a link to answer by may answer: it is nobody's who reads the log. */
export const pathToShow = ({ path }: { readonly path: string }): string => path.replace(/^(\/answers\/).+/i, '$1…');

/** Tells log lines and answers of one request apart from others; a caller's own id is kept. */
function idOf(request: IncomingMessage): string | undefined {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{1,80}$/.test(given) ? given : undefined;
}
