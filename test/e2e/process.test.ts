import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'vitest';
import type { Outside } from './outside.ts';
import { describeStory } from './story.ts';
import { describeAdoption, describeSurvival } from './survival.ts';

const environment = { AGENT_RUNTIME: 'process' };

/** Processes by the marker in their environment, whatever the orchestrator's own records say. */
const outside: Outside = {
  async kill(containerId) {
    for (const { pid, instance } of await agentProcesses())
      if (containerId.includes(instance)) process.kill(pid, 'SIGKILL');
  },
  async running(gatewayPort) {
    const ours = await agentProcesses();
    return ours.filter(({ environment: text }) => text.includes(`:${gatewayPort}\0`)).map(({ instance }) => instance);
  },
  // Everything of it lies in the home folder.
  cleanUp: async () => undefined,
};

async function agentProcesses() {
  const found: { pid: number; instance: string; environment: string }[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    // A process that ends during the look is one that does not run.
    const text = await readFile(join('/proc', entry, 'environ'), 'utf8').catch(() => '');
    const instance = /BOARDROOM_INSTANCE=(\w+)/.exec(text)?.[1];
    if (instance !== undefined) found.push({ pid: Number(entry), instance, environment: text });
  }
  return found;
}

const onLinux = process.platform === 'linux';

describe('the main job, with agents as processes', () => describeStory(environment, outside));
describe.skipIf(!onLinux)('agents as processes (watched from outside through /proc)', () => {
  describeSurvival(environment, outside);
  describeAdoption(environment, outside);
});
