import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'vitest';
import { markerName } from '../../src/orchestrator/platform/process-family.ts';
import { standInEntry } from '../support/stand-in.ts';
import { describeHundredKills } from './hundred-kills.ts';

/** The processes that this instance's main one started, and itself, by the marker that all of them inherit. */
async function familyOf(marker: string): Promise<{ pid: number; isMain: boolean }[]> {
  const found: { pid: number; isMain: boolean }[] = [];
  for (const entry of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(join('/proc', entry, 'environ'), 'utf8').catch(() => '');
    if (!environment.includes(marker)) continue;
    const command = await readFile(join('/proc', entry, 'cmdline'), 'utf8').catch(() => '');
    found.push({ pid: Number(entry), isMain: command.includes('agent.cjs') });
  }
  return found;
}

describe.skipIf(process.platform !== 'linux')('process trees (watched from outside through /proc)', () => {
  describeHundredKills('process', async (mark) => ({
    environment: { AGENT_RUNTIME: 'process' },
    agent: `process.env.ACT = 'pipes:${mark},kin:${mark}';\nimport('${standInEntry}');\n`,
    async pidOf(containerId) {
      const family = await familyOf(`${markerName}=${containerId.replace('proc_', '')}`);
      const main = family.find(({ isMain }) => isMain);
      if (!main) throw new Error(`no process of ${containerId}`);
      return main.pid;
    },
    async remains({ folder, environment }) {
      const records = await readdir(join(folder, 'home/run'));
      return [...records, ...(await familyOf(`:${environment['GATEWAY_PORT']}\0`))];
    },
    dispose: async () => undefined,
  }));
});
