import { Readable } from 'node:stream';
import type { Container } from 'dockerode';
import type { LogOptions } from '../agents/runtime.ts';
import { textStream } from './text-stream.ts';

/** `late` ends the opening, `options.signal` the log. */
export async function openLog(container: Container, options: LogOptions, late: AbortSignal): Promise<Readable> {
  const abortSignal = AbortSignal.any([options.signal, late]);
  const wanted = { stdout: true, stderr: true, tail: options.tail, abortSignal };
  if (!options.follow) return textStream(logText([await container.logs(wanted)]), () => undefined);
  const upstream = await container.logs({ ...wanted, follow: true });
  if (!(upstream instanceof Readable)) throw new Error('The engine’s log is not a stream');
  return followedLog(upstream, options.signal);
}

/**
 * The text of a log as the engine sends it. Not dockerode's demuxStream: that writes without waiting, so a reader that
 * is slower than the agent would fill our memory. The engine itself cuts lines after 16 KiB, through characters too.
 */
export async function* logText(chunks: AsyncIterable<Buffer | string> | Iterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, typeof chunk === 'string' ? Buffer.from(chunk) : chunk]);
    while (rest.length >= headerBytes) {
      const end = headerBytes + rest.readUInt32BE(lengthOffset);
      if (rest.length < end) break;
      if (end > headerBytes) yield rest.toString('utf8', headerBytes, end);
      rest = rest.subarray(end);
    }
  }
}

/** One byte for the source, three unused, four for the length. */
const headerBytes = 8;
const lengthOffset = 4;

/** A log that goes on. It ends, without an error, when `signal` aborts; the upstream outlives neither it nor its reader. */
function followedLog(upstream: Readable, signal: AbortSignal): Readable {
  let wanted = true;
  const end = () => {
    wanted = false;
    upstream.destroy();
  };
  async function* text(): AsyncGenerator<string> {
    try {
      yield* logText(upstream);
    } catch (error) {
      // Destroying the upstream is how we end it.
      if (wanted) throw error;
    }
  }
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  return textStream(text(), () => {
    signal.removeEventListener('abort', end);
    end();
  });
}
