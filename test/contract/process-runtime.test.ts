import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { markerName } from '../../src/orchestrator/platform/process-family.ts';
import { linuxProcessTable } from '../../src/orchestrator/platform/process-table-linux.ts';
import { psProcessTable } from '../../src/orchestrator/platform/process-table-ps.ts';
import { systemProcessTable } from '../../src/orchestrator/platform/process-table-system.ts';
import { eventually } from '../support/eventually.ts';
import { instance } from '../support/stand-in.ts';
import { makeProcessRuntime, type ProcessRuntimeUnderTest } from './process-subject.ts';
import { describeRuntime } from './runtime.ts';
import { textOf } from './runtime-subject.ts';

describeRuntime('process runtime', makeProcessRuntime);

const timeout = 60_000;

describe('process runtime: what is not ours', { timeout }, () => {
  let under: ProcessRuntimeUnderTest;
  let stranger: ChildProcess;
  beforeEach(async () => {
    under = await makeProcessRuntime();
    stranger = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 60_000)'], { detached: true });
    await once(stranger, 'spawn');
  });
  afterEach(async () => {
    stranger.kill('SIGKILL');
    await under.dispose();
  });

  test('a process that has the pid of an ended agent is not taken for it, and not signalled', async () => {
    const { containerId } = await under.runtime.start(instance('exit:0'));
    await eventually(async () => ((await under.runtime.list())[0]?.exit ? true : undefined));
    await under.changeRecord(containerId, { pid: stranger.pid, startTime: 'long ago', exit: null });
    const next = under.reopen();
    await next.stop(containerId, 0);
    expect(await next.list()).toMatchObject([{ status: 'exited', exit: { code: null } }]);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    expect(await systemProcessTable().find(Number(stranger.pid))).toBeDefined();
  });

  test('a file that is damaged is an error, never an agent that is not there', async () => {
    const { containerId } = await under.runtime.start(instance());
    const record = await under.recordOf(containerId);
    await under.changeRecord(containerId, { pid: 'none' });
    await expect(under.runtime.list()).rejects.toThrow(/damaged/);
    await expect(under.runtime.stop(containerId, 0)).rejects.toThrow(/damaged/);
    await under.changeRecord(containerId, record);
  });

  test('an id that is a path reaches no other file', async () => {
    await expect(under.runtime.start(instance('', { instanceId: '../../escape' }))).rejects.toThrow(/no instance id/);
  });
});

describe('process runtime: its files', { timeout }, () => {
  let under: ProcessRuntimeUnderTest;
  beforeEach(async () => {
    under = await makeProcessRuntime();
  });
  afterEach(() => under.dispose());

  const live = async () => {
    const { containerId } = await under.runtime.start(instance('lines:2,exit:0'));
    await eventually(async () => ((await under.runtime.list()).every(({ exit }) => exit) ? true : undefined));
    return containerId;
  };

  test('a log holds whole characters, however long the line', async () => {
    const { containerId } = await under.runtime.start(instance('wide:70000,exit:0'));
    await eventually(async () => ((await under.runtime.list())[0]?.exit ? true : undefined));
    const options = { tail: 10, follow: false, signal: new AbortController().signal };
    expect(await textOf(await under.runtime.logs(containerId, options))).toBe(`x${'€'.repeat(70_000)}\n`);
  });

  test('a ping fails while the agent’s bundle is not there', async () => {
    await expect(under.reopen({ entry: join(under.home, 'absent.mjs') }).ping()).rejects.toThrow(/absent.mjs/);
  });

  test('a log over 10 MB is moved aside when the agent starts, and its instance is still read from there', async () => {
    const first = await live();
    const logs = join(under.home, 'logs');
    await truncate(join(logs, 'ceo.log'), 10 * 1024 * 1024 + 1);
    await live();
    expect((await readdir(logs)).sort()).toEqual(['ceo.log', 'ceo.log.1']);
    expect((await stat(join(logs, 'ceo.log'))).size).toBe('line 1\nline 2\n'.length);
    const options = { tail: 10, follow: false, signal: new AbortController().signal };
    expect(await textOf(await under.runtime.logs(first, options))).toBe('line 1\nline 2\n');
  });

  test('a start whose record cannot be written runs nothing', async () => {
    const spec = instance('tick');
    const run = join(under.home, 'run');
    await mkdir(join(run, `${spec.instanceId}.json.${process.pid}`), { recursive: true });
    await expect(under.runtime.start(spec)).rejects.toThrow(/EISDIR/);
    expect(await under.runtime.list()).toEqual([]);
    const family = { group: undefined, marker: `${markerName}=${spec.instanceId}` };
    await eventually(async () => ((await systemProcessTable().membersOf(family)).length === 0 ? true : undefined));
  });
});

describe('the table of processes', { timeout }, () => {
  const tables = { ps: psProcessTable, ...(process.platform === 'linux' ? { proc: linuxProcessTable } : {}) };

  test.each(Object.entries(tables))('by %s knows a group, a pause and an end', async (_, table) => {
    const child = spawn('/bin/sh', ['-c', 'sleep 60 & sleep 60'], { detached: true, stdio: 'ignore' });
    await once(child, 'spawn');
    const pid = Number(child.pid);
    try {
      const family = { group: pid, marker: 'NONE=1' };
      await eventually(async () => ((await table.membersOf(family)).length === 3 ? true : undefined));
      expect(await table.find(pid)).toMatchObject({ pid, group: pid, paused: false });
      process.kill(pid, 'SIGSTOP');
      await eventually(async () => ((await table.find(pid))?.paused ? true : undefined));
    } finally {
      process.kill(-pid, 'SIGKILL');
    }
    await eventually(async () => ((await table.find(pid)) ? undefined : true));
  });
});
