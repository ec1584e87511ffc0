import { openBareContainers } from '../parts/bare-containers.ts';
import { docker, openDockerTeam } from '../parts/docker-team.ts';
import type { Row } from '../row.ts';

export const agentStart: Row = {
  name: 'agent-start',
  about: 'from the record of a new life to its hello, against `docker run` of the same image until its hello',
  unit: 'ms',
  better: 'lower',
  goal: { ratio: 1.25 },
  needs: ['docker'],
  async open(bench) {
    const team = await openDockerTeam(bench, ['ceo']);
    const bare = await openBareContainers();
    return {
      async ours() {
        const since = Date.now();
        await team.orchestrator.call('POST', '/agents/ceo/start');
        const { createdAt, connectedAt } = await team.connected('ceo', since);
        await team.orchestrator.call('POST', '/agents/ceo/stop');
        return connectedAt - createdAt;
      },
      async reference() {
        const before = bare.hellos();
        const startedAt = performance.now();
        const hello = bare.hello(before);
        const id = await bare.start();
        await hello;
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
