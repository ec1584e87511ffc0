import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import type { LogOptions } from '../agents/runtime.ts';
import type { Clock } from './clock.ts';
import type { ProcessRecord } from './process-records.ts';
import { unlessAbsent } from './unless-absent.ts';

type LogPart = ProcessRecord['log'];

const rotateBytes = 10 * 1024 * 1024;
const chunkBytes = 64 * 1024;
const pollMs = 100;
const newline = 10;

/** Opens an agent's log for its next life. A file that has grown too long is moved aside, in place of the last such. */
export async function openForAppend(file: string): Promise<{ handle: FileHandle; part: LogPart }> {
  const before = await stat(file).catch(unlessAbsent);
  if (before && before.size > rotateBytes) await rename(file, asideOf(file));
  const handle = await open(file, 'a', 0o600);
  const { ino, size } = await handle.stat();
  return { handle, part: { inode: ino, from: size, to: null } };
}

/** Where the part ends as of now; its beginning, when the file is gone. */
export async function endOf(file: string, part: LogPart): Promise<number> {
  const handle = await find(file, part);
  if (!handle) return part.from;
  return withHandle(handle, async () => (await handle.stat()).size);
}

export interface ReadOptions extends LogOptions {
  readonly file: string;
  readonly clock: Clock;
  /** The instance's part now: its end becomes known when the instance ends. Undefined: it has been removed. */
  readonly part: () => Promise<LogPart | undefined>;
}

/** The last `tail` lines of one instance, and with `follow` what it adds until it ends or `signal` aborts. */
export async function* readLog({ file, clock, part, tail, follow, signal }: ReadOptions): AsyncGenerator<string> {
  const first = await part();
  const handle = first && (await find(file, first));
  if (!handle) return;
  try {
    const decoder = new StringDecoder('utf8');
    let at = await tailStart(handle, { from: first.from, to: await limitOf(handle, first) }, tail);
    for (let now: LogPart | undefined = first; now && !signal.aborted; now = await part()) {
      const to = await limitOf(handle, now);
      while (at < to && !signal.aborted) {
        const chunk = await readRange(handle, at, Math.min(to, at + chunkBytes));
        at += chunk.length;
        const text = decoder.write(chunk);
        if (text !== '') yield text;
      }
      if (!follow || now.to !== null) return;
      await clock.sleep(pollMs, signal);
    }
  } finally {
    await handle.close();
  }
}

const asideOf = (file: string) => `${file}.1`;

/** The file that holds the part, wherever it has been moved. */
async function find(file: string, { inode }: LogPart): Promise<FileHandle | undefined> {
  for (const candidate of [file, asideOf(file)]) {
    const handle = await open(candidate, 'r').catch(unlessAbsent);
    if (handle && (await handle.stat()).ino === inode) return handle;
    await handle?.close();
  }
  return undefined;
}

const limitOf = async (handle: FileHandle, part: LogPart) => part.to ?? (await handle.stat()).size;

/** Where the last `lines` lines begin, looked for from the end. */
async function tailStart(handle: FileHandle, { from, to }: { from: number; to: number }, lines: number) {
  if (lines <= 0) return to;
  let found = 0;
  for (let end = to; end > from; end = Math.max(from, end - chunkBytes)) {
    const start = Math.max(from, end - chunkBytes);
    const chunk = await readRange(handle, start, end);
    for (let i = chunk.length - 1; i >= 0; i -= 1) {
      // The newline at the very end closes the last line, it does not begin another.
      if (chunk[i] !== newline || start + i === to - 1) continue;
      found += 1;
      if (found === lines) return start + i + 1;
    }
  }
  return from;
}

async function readRange(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(to - from), 0, to - from, from);
  if (bytesRead === 0) throw new Error('The log file has become shorter while it was read');
  return buffer.subarray(0, bytesRead);
}

async function withHandle<T>(handle: FileHandle, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await handle.close();
  }
}
