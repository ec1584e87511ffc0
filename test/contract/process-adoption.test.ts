import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ObservedExit, Runtime } from '../../src/orchestrator/agents/runtime.ts';
import { systemProcessTable } from '../../src/orchestrator/platform/process-table-system.ts';
import { eventually } from '../support/eventually.ts';
import { instance, newId, processesMarked } from '../support/stand-in.ts';
import { makeProcessRuntime, type ProcessRuntimeUnderTest } from './process-subject.ts';
import { textOf } from './runtime-subject.ts';

let under: ProcessRuntimeUnderTest;
let host: ChildProcess | undefined;
beforeEach(async () => {
  under = await makeProcessRuntime();
});
afterEach(async () => {
  host?.kill('SIGKILL');
  await under.dispose();
});

/** What an orchestrator in a process of its own answers. */
async function askHost(...words: string[]): Promise<string> {
  const script = fileURLToPath(new URL('../support/process-host.ts', import.meta.url));
  host = spawn(process.execPath, ['--import', 'tsx', script, under.home, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const answer = host.stdout && (await once(host.stdout, 'data'));
  return String(answer).trim();
}

/** With its whole group, as a terminal does with Ctrl-C. */
async function killHost(): Promise<void> {
  const exit = host && once(host, 'exit');
  if (host?.pid !== undefined) process.kill(-host.pid, 'SIGKILL');
  await exit;
}

/** An instance that outlived its orchestrator, as the next orchestrator sees it. */
async function orphan(act: string): Promise<{ next: Runtime; containerId: string }> {
  const containerId = await askHost('start', JSON.stringify(instance(act)));
  const next = under.reopen();
  await eventually(async () => ((await logOf(next, containerId)).includes('ready') ? true : undefined));
  await killHost();
  return { next, containerId };
}

const exited = (runtime: Runtime, containerId: string): Promise<ObservedExit> =>
  eventually(async () => (await runtime.list()).find((one) => one.containerId === containerId)?.exit);

const logOf = async (runtime: Runtime, containerId: string): Promise<string> => {
  const { signal } = new AbortController();
  return textOf(await runtime.logs(containerId, { tail: 10_000, follow: false, signal }));
};

describe('a killed orchestrator', { timeout: 60_000 }, () => {
  test('leaves its agents running, and the next one adopts them with their logs', async () => {
    const { next, containerId } = await orphan('tick');
    expect(await next.list()).toMatchObject([{ containerId, status: 'running' }]);
    const length = (await logOf(next, containerId)).length;
    await eventually(async () => ((await logOf(next, containerId)).length > length ? true : undefined));
    await next.stop(containerId, 10_000);
    expect(await logOf(next, containerId)).toMatch(/bye\n$/);
  });

  test('takes the exit codes of its agents with it: the next one says that it does not know', async () => {
    const { next, containerId } = await orphan('');
    const { pid } = await under.recordOf(containerId);
    await under.byHand(containerId, 'kill');
    await eventually(async () => ((await systemProcessTable().find(pid)) ? undefined : true), { what: 'the death' });
    expect(await exited(next, containerId)).toEqual({
      at: undefined,
      ranForMs: undefined,
      code: null,
      signal: null,
      oomKilled: false,
    });
  });

  test('and an adopted agent that dies is noticed within a second or two, all it started with it', async () => {
    const mark = newId('mark');
    const { next, containerId } = await orphan(`kin:${mark}`);
    await eventually(async () => ((await processesMarked(mark)).length > 0 ? true : undefined));
    const hints: (string | undefined)[] = [];
    const over = new AbortController();
    const watching = next.watch((hint) => hints.push(hint), over.signal);
    expect(await next.list()).toMatchObject([{ status: 'running' }]);
    await under.byHand(containerId, 'kill');
    await eventually(() => hints.includes('ceo') || undefined, { withinMs: 3_000, what: 'the hint' });
    expect(await processesMarked(mark)).toEqual([]);
    const exit = await exited(next, containerId);
    expect(exit).toMatchObject({ code: null, at: expect.any(Number), ranForMs: expect.any(Number) });
    over.abort();
    await watching;
  });

  test('that dies before an agent is on record takes it along', async () => {
    const pid = Number(await askHost('hold'));
    expect(await systemProcessTable().find(pid)).toBeDefined();
    await killHost();
    await eventually(async () => ((await systemProcessTable().find(pid)) ? undefined : true), { what: 'the end' });
    expect(await readFile(join(under.home, 'held.log'), 'utf8')).toBe('');
  });
});
