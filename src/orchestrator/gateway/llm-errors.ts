import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Response } from 'express';
import { type AppError, errorCodes } from '../../contracts/errors.ts';
import { gatewayPaths } from '../../contracts/gateway.ts';
import { problemOf, retryAfterOf } from '../http/problem.ts';

/** What the clients' own servers call it; by status, since clients choose their error classes by it. */
const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  409: 'conflict_error',
  413: 'request_too_large',
  415: 'invalid_request_error',
  429: 'rate_limit_error',
  500: 'api_error',
  503: 'overloaded_error',
};

const llm = new RegExp(`^${gatewayPaths.llm}(/|\\?|$)`, 'i');
const messages = new RegExp(`^${gatewayPaths.llm}/v1/messages(/|\\?|$)`, 'i');

export const isForModels = ({ url = '' }: Pick<IncomingMessage, 'url'>): boolean => llm.test(url);

/** `/models` is the same address for both: only Anthropic's clients name a version. */
const isAnthropics = ({ url = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>): boolean =>
  messages.test(url) || headers['anthropic-version'] !== undefined;

interface Refusal {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

/** Both kinds of clients look for `error`, Anthropic's for `type: "error"` besides; the problem's other members stand beside it. */
export function llmRefusal(request: Pick<IncomingMessage, 'url' | 'headers'>, error: AppError): Refusal {
  const { status } = errorCodes[error.code];
  const problem = problemOf(error);
  const told = { type: types[status] ?? 'api_error', code: error.code, message: error.message };
  const retryAfter = retryAfterOf(error);
  const body = isAnthropics(request)
    ? { ...problem, type: 'error', error: told }
    : { ...problem, error: { ...told, param: null } };
  return {
    status,
    headers: {
      // Anthropic's `type` is another than a problem's.
      'Content-Type': isAnthropics(request) ? 'application/json' : 'application/problem+json',
      ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
    },
    body: JSON.stringify(body),
  };
}

export function sendLlmRefusal(response: Response, error: AppError): void {
  const { req } = response;
  const { status, headers, body } = llmRefusal({ url: req.originalUrl, headers: req.headers }, error);
  response.status(status);
  for (const [name, value] of Object.entries(headers)) response.set(name, String(value));
  response.send(body);
}
