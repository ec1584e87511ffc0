import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { AppError, type ErrorCode, errorCodes } from '../../contracts/errors.ts';
import { asUnavailable } from '../platform/postgres.ts';
import { pathToShow } from './watch.ts';

/** The one place where an error becomes a response (RFC 9457 unless `send` knows better). The cause is logged, never shown. */
export function createProblemHandler(log: Logger, send: (res: Response, error: AppError) => void = sendProblem) {
  return (thrown: unknown, req: Request, res: Response, next: NextFunction): void => {
    const error = toAppError(thrown);
    const { status } = errorCodes[error.code];
    if (status >= 500)
      log.error(
        { err: thrown, requestId: res.getHeader('X-Request-Id'), path: pathToShow({ path: req.baseUrl + req.path }) },
        error.message,
      );
    // Half an answer cannot be taken back: Express ends the connection.
    if (res.headersSent) return next(thrown);
    send(res, error);
  };
}

/** In seconds; whoever cannot be answered now is told when to come back. */
export const retryAfterOf = ({ code, retryAfterSeconds }: AppError): number | undefined =>
  retryAfterSeconds ?? (errorCodes[code].status === 503 ? 2 : undefined);

export function sendProblem(res: Response, error: AppError): void {
  const { status } = errorCodes[error.code];
  const retryAfter = retryAfterOf(error);
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
  if (code === undefined)
    return new AppError('internal', 'Something went wrong; the log has it under this request id', { cause: error });
  return new AppError(code, code === 'payload_too_large' ? tooLarge(error) : sentences[code], { cause: error });
}

const sentences = {
  invalid_request: 'The request could not be read: malformed JSON, URL or encoding',
  unsupported_media_type: 'Send the body as application/json in UTF-8',
} satisfies Partial<Record<ErrorCode, string>>;

const tooLarge = (error: unknown): string =>
  error instanceof Error && 'limit' in error && typeof error.limit === 'number'
    ? `The body is larger than ${sizeText(error.limit)}`
    : 'The body is too large';

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
const sizeText = (bytes: number): string =>
  bytes >= mebibyte ? `${bytes / mebibyte} MiB` : `${Math.round(bytes / kibibyte)} kB`;

/** body-parser and Express mark their errors with a status. */
function codeOfHttpError(error: unknown): keyof typeof sentences | 'payload_too_large' | undefined {
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
