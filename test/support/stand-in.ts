import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { InstanceSpec } from '../../src/orchestrator/agents/runtime.ts';

/** The folder of the stand-in for an agent, with its Dockerfile. */
export const standInFolder = fileURLToPath(new URL('./stand-in', import.meta.url));
export const standInEntry = `${standInFolder}/agent.mjs`;

/** Shaped like a TypeID, and nobody else's. */
export const newId = (prefix: string): string => `${prefix}_01${randomBytes(12).toString('hex')}`;

/** An instance that does `act` (see stand-in/agent.mjs). */
export const instance = (
  act = '',
  {
    environment = {},
    resources = {},
    ...rest
  }: Omit<Partial<InstanceSpec>, 'resources'> & {
    resources?: Partial<InstanceSpec['resources']>;
  } = {},
): InstanceSpec => ({
  instanceId: newId('ins'),
  agentType: 'ceo',
  specHash: 'spec-1',
  ...rest,
  environment: { ACT: act, ...environment },
  resources: { memory: 128, cpus: 1, pids: 64, ...resources },
});

/** The pids of all processes of this machine, containers included, that carry `mark` as an argument. Linux only. */
export async function processesMarked(mark: string): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  const argumentsOf = (pid: number) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const found = await Promise.all(
    pids.map(async (pid) => ((await argumentsOf(pid)).split('\u0000').includes(mark) ? pid : 0)),
  );
  return found.filter((pid) => pid !== 0);
}
