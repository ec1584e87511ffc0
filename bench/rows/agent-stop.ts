import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { openBareContainers } from '../parts/bare-containers.ts';
import { docker, openDockerTeam } from '../parts/docker-team.ts';
import type { Row } from '../row.ts';

const run = promisify(execFile);

export const agentStop: Row = {
  name: 'agent-stop',
  about: 'from POST stop to its answer, when nothing of the agent runs, against `docker stop` of the same image',
  unit: 'ms',
  better: 'lower',
  goal: { ratio: 1.2 },
  needs: ['docker'],
  async open(bench) {
    const team = await openDockerTeam(bench, ['ceo']);
    const bare = await openBareContainers();
    return {
      async ours() {
        const since = Date.now();
        await team.orchestrator.call('POST', '/agents/ceo/start');
        await team.connected('ceo', since);
        const startedAt = performance.now();
        await team.orchestrator.call('POST', '/agents/ceo/stop');
        return performance.now() - startedAt;
      },
      async reference() {
        const hello = bare.hello(bare.hellos());
        const id = await bare.start();
        await hello;
        const startedAt = performance.now();
        await run('docker', ['stop', id]);
        const ms = performance.now() - startedAt;
        await docker.getContainer(id).remove({ force: true, v: true });
        return ms;
      },
      async close() {
        await team.close();
        await bare.close();
      },
    };
  },
};
