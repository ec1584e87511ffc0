import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Runtime } from '../../src/orchestrator/agents/runtime.ts';
import { systemClock } from '../../src/orchestrator/platform/clock.ts';
import { createProcessRuntime, type ProcessRuntimeOptions } from '../../src/orchestrator/platform/process-runtime.ts';
import { standInEntry } from '../support/stand-in.ts';
import type { RuntimeUnderTest } from './runtime-subject.ts';

export interface ProcessRuntimeUnderTest extends RuntimeUnderTest {
  readonly home: string;
  reopen(changed?: Partial<ProcessRuntimeOptions>): Runtime;
  recordOf(containerId: string): Promise<{ pid: number; startTime: string }>;
  changeRecord(containerId: string, change: object): Promise<void>;
}

export async function makeProcessRuntime(): Promise<ProcessRuntimeUnderTest> {
  const home = await mkdtemp(join(tmpdir(), 'boardroom-'));
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const options = { entry: standInEntry, home, clock: systemClock, onError };
  const reopen = (changed: Partial<ProcessRuntimeOptions> = {}) => createProcessRuntime({ ...options, ...changed });
  const runtime = reopen();
  const fileOf = (containerId: string) => join(home, 'run', `${containerId.replace('proc_', '')}.json`);
  const recordOf = async (containerId: string) => JSON.parse(await readFile(fileOf(containerId), 'utf8'));
  return {
    runtime,
    home,
    reopen,
    recordOf,
    async changeRecord(containerId, change) {
      await writeFile(fileOf(containerId), JSON.stringify({ ...(await recordOf(containerId)), ...change }));
    },
    async byHand(containerId, what) {
      process.kill((await recordOf(containerId)).pid, what === 'pause' ? 'SIGSTOP' : 'SIGKILL');
    },
    async dispose() {
      for (const { containerId } of await runtime.list()) await runtime.remove(containerId);
      await rm(home, { recursive: true, force: true });
      expect(errors).toEqual([]);
    },
  };
}
