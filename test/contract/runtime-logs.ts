import { readdir } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { instance } from '../support/stand-in.ts';
import { type RuntimeSubject, textOf } from './runtime-subject.ts';

/** What an agent wrote. */
export function describeLogs(subject: RuntimeSubject): void {
  test('hold output and errors of this instance only', async () => {
    const first = await subject.started(instance('lines:3,exit:0'));
    await subject.exited(first);
    const second = await subject.running(instance('stderr,environment'));
    expect(await subject.logOf(first)).toBe('line 1\nline 2\nline 3\n');
    expect(await subject.logOf(second)).toContain('to stderr\n');
    expect(await subject.logOf(second)).not.toContain('line');
  });

  test('end with the last lines that were asked for', async () => {
    const containerId = await subject.running(instance('lines:30000'));
    expect(await subject.logOf(containerId, 3)).toBe('line 29999\nline 30000\nready\n');
    expect((await subject.logOf(containerId, 20_000)).split('\n')[0]).toBe('line 10002');
  });

  test('go on while they are followed, until the follower aborts', async () => {
    const containerId = await subject.running(instance('tick'));
    const over = new AbortController();
    const log = await subject.runtime.logs(containerId, { tail: 1, follow: true, signal: over.signal });
    const first = await nextTicks(log, 10);
    expect(first.map((tick, i) => tick - i)).toEqual(first.map(() => first[0]));
    over.abort();
    // Ends, and not with an error.
    for await (const _ of log);
    expect(log.errored).toBeNull();
  });

  test('that are followed end when the instance does, with its last words', async () => {
    const containerId = await subject.running(instance());
    const log = await subject.runtime.logs(containerId, {
      tail: 10,
      follow: true,
      signal: new AbortController().signal,
    });
    const text = textOf(log);
    await subject.runtime.stop(containerId, 10_000);
    expect(await text).toBe('ready\nbye\n');
  });

  test.skipIf(process.platform !== 'linux')('let go of their source when the reader leaves', async () => {
    const containerId = await subject.running(instance());
    const { signal } = new AbortController();
    const openFiles = async () => (await readdir('/proc/self/fd')).length;
    const before = await openFiles();
    for (let reader = 1; reader <= 8; reader += 1) {
      const log = await subject.runtime.logs(containerId, { tail: 10, follow: true, signal });
      await eventually(() => (log.read() === null ? undefined : true), { what: 'the first words' });
      log.destroy();
    }
    await eventually(async () => ((await openFiles()) < before + 4 ? true : undefined), { what: 'letting go' });
  });
}

/** The numbers of the next lines "tick n". */
async function nextTicks(log: Readable, count: number): Promise<number[]> {
  const numbers: number[] = [];
  let rest = '';
  for await (const chunk of log.iterator({ destroyOnReturn: false })) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    numbers.push(...lines.filter((line) => line.startsWith('tick ')).map((line) => Number(line.slice(5))));
    if (numbers.length >= count) break;
  }
  return numbers;
}
