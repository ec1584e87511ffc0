import { mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { destination, type Logger, pino, type SerializedError, stdSerializers } from 'pino';

export type { Logger };

interface LogOptions {
  readonly level: string;
  /** `file`: home/orchestrator.log, so that a terminal shows what matters to its reader; `stdout` for containers. */
  readonly to: 'file' | 'stdout';
  readonly home: string;
}

/** Libraries hang whole connections on their errors; what happened and where is enough. */
function withoutProperties(error: Error): Partial<SerializedError> & { code?: unknown } {
  const { type, message, stack } = stdSerializers.err(error);
  return { type, message, stack, ...('code' in error && { code: error.code }) };
}

const bytesMax = 20 * 1024 * 1024;
const unwrittenBytesMax = 1024 * 1024;

/** Lines of JSON. Secrets are never handed to it; the redaction is for headers that libraries log. */
export function createLog({ level, to, home }: LogOptions): Logger {
  return pino(
    {
      level,
      serializers: { err: withoutProperties },
      redact: [
        'req.headers.authorization',
        'req.headers["x-api-key"]',
        'req.headers.cookie',
        'res.headers["set-cookie"]',
      ],
    },
    to === 'stdout' ? destination(1) : toFile(home),
  );
}

/** A log that cannot be written, its disk being full for one, must not end what it tells of: those lines are lost. */
function toFile(home: string) {
  const stream = destination({ dest: logFile(home), mkdir: true, sync: false, maxLength: unwrittenBytesMax });
  stream.on('error', () => undefined);
  return stream;
}

/** One former file is kept. */
function logFile(home: string): string {
  const file = join(home, 'orchestrator.log');
  mkdirSync(home, { recursive: true });
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > bytesMax) renameSync(file, `${file}.1`);
  return file;
}
