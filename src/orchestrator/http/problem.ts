import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { AppError, type ErrorCode, errorCodes } from '../../contracts/errors.ts';
import { asUnavailable } from '../platform/postgres.ts';
import { pathToShow } from './watch.ts';

/** The one place where an error becomes a response (RFC 9457). The cause is logged, never shown. */
export function createProblemHandler(log: Logger) {
  return (thrown: unknown, req: Request, res: Response, next: NextFunction): void => {
    const error = toAppError(thrown);
    const { status } = errorCodes[error.code];
    if (status >= 500)
      log.error({ err: thrown, requestId: res.getHeader('X-Request-Id'), path: pathToShow(req) }, error.message);
    // Half an answer cannot be taken back: Express ends the connection.
    if (res.headersSent) return next(thrown);
    sendProblem(res, error);
  };
}

export function sendProblem(res: Response, error: AppError): void {
  const { status } = errorCodes[error.code];
  const retryAfter = error.retryAfterSeconds ?? (status === 503 ? 2 : undefined);
  if (retryAfter !== undefined) res.set('Retry-After', String(retryAfter));
  res
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify(problemOf(error)));
}

export function problemOf(error: AppError) {
  const { status, title } = errorCodes[error.code];
  return {
    type: `/problems/${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    ...(error.issues.length > 0 && { errors: error.issues }),
  };
}

export function toAppError(thrown: unknown): AppError {
  const error = asUnavailable(thrown);
  if (error instanceof AppError) return error;
  const code = codeOfHttpError(error);
  return code === undefined
    ? new AppError('internal', 'Something went wrong; the log has it under this request id', { cause: error })
    : new AppError(code, sentences[code], { cause: error });
}

const sentences = {
  invalid_request: 'The request could not be read: malformed JSON, URL or encoding',
  payload_too_large: 'The body is larger than 256 kB',
  unsupported_media_type: 'Send the body as application/json in UTF-8',
} satisfies Partial<Record<ErrorCode, string>>;

/** body-parser and Express mark their errors with a status. */
function codeOfHttpError(error: unknown): keyof typeof sentences | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  switch (error.status) {
    case 400:
      return 'invalid_request';
    case 413:
      return 'payload_too_large';
    case 415:
      return 'unsupported_media_type';
    default:
      return undefined;
  }
}
