import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe } from 'vitest';
import type { Outside } from '../e2e/outside.ts';
import { describeStory } from '../e2e/story.ts';
import { describeAdoption, describeSurvival } from '../e2e/survival.ts';
import { describeDocker, docker, removeTeam } from '../support/docker.ts';

const image = 'boardroom-agent:test';
const environment = { AGENT_RUNTIME: 'docker', AGENT_IMAGE: image };
const run = promisify(execFile);

const outside: Outside = {
  kill: (containerId) => docker.getContainer(containerId).kill({ signal: 'SIGKILL' }),
  async running(gatewayPort) {
    const running = await docker.listContainers({ filters: { ancestor: [image] } });
    const inspected = await Promise.all(running.map(({ Id }) => docker.getContainer(Id).inspect()));
    return (
      inspected
        // The list still shows as running what has just ended.
        .filter(({ State }) => State.Running)
        .filter(({ Config }) =>
          Config.Env.some((entry) => entry.startsWith('BOARDROOM_URL=') && entry.endsWith(`:${gatewayPort}`)),
        )
        .map(({ Id }) => Id)
    );
  },
  cleanUp: removeTeam,
};

describeDocker('agents in containers', () => {
  beforeAll(async () => {
    // As a user builds it; layers that are there already make it quick.
    await run('docker', ['build', '--quiet', '--target', 'agent', '--tag', image, '.'], { timeout: 600_000 });
  }, 600_000);

  describe('the main job', () => describeStory(environment, outside));
  describeSurvival(environment, outside);
  describeAdoption(environment, outside);
});
