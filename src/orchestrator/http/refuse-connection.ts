import type { Duplex } from 'node:stream';
import { type AppError, errorCodes } from '../../contracts/errors.ts';
import { problemOf } from './problem.ts';

/** Where there is no response to answer with: before an upgrade, and where no request could be read. */
export function refuseConnection(socket: Duplex, error: AppError): void {
  const { status, title } = errorCodes[error.code];
  const body = JSON.stringify(problemOf(error));
  const retryAfter = error.retryAfterSeconds === undefined ? '' : `Retry-After: ${error.retryAfterSeconds}\r\n`;
  // A peer that never closes its own half would keep the connection for ever: no timeout of the server watches it any more.
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nX-Content-Type-Options: nosniff\r\n` +
      `Connection: close\r\n${retryAfter}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
