import type { Duplex } from 'node:stream';
import { type AppError, errorCodes } from '../../contracts/errors.ts';
import { problemOf } from './problem.ts';

/** Before the upgrade a refusal is plain HTTP. */
export function refuseUpgrade(socket: Duplex, error: AppError): void {
  const { status, title } = errorCodes[error.code];
  const body = JSON.stringify(problemOf(error));
  const retryAfter = error.retryAfterSeconds === undefined ? '' : `Retry-After: ${error.retryAfterSeconds}\r\n`;
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nConnection: close\r\n${retryAfter}` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
