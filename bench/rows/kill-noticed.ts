import { once } from 'node:events';
import { openBareContainers } from '../parts/bare-containers.ts';
import { docker, openDockerTeam } from '../parts/docker-team.ts';
import type { Row } from '../row.ts';

export const killNoticed: Row = {
  name: 'kill-noticed',
  about: 'from kill -9 of the agent to its end on record, beside the engine’s own `die` event',
  unit: 'ms',
  better: 'lower',
  goal: { figure: 60 },
  needs: ['docker', 'linux'],
  async open(bench) {
    const team = await openDockerTeam(bench, ['ceo']);
    const bare = await openBareContainers();
    return {
      async ours() {
        const since = Date.now();
        // A restart forgives former ends: each round kills a first life.
        await team.orchestrator.call('POST', '/agents/ceo/restart');
        const { containerId } = await team.connected('ceo', since);
        const pid = await team.pidOf(containerId);
        const killedAt = Date.now();
        process.kill(pid, 'SIGKILL');
        return (await team.endedAt(containerId)) - killedAt;
      },
      async reference() {
        const hello = bare.hello(bare.hellos());
        const id = await bare.start();
        await hello;
        const events = await docker.getEvents({ filters: { container: [id], event: ['die'] } });
        const pid = await team.pidOf(id);
        const killedAt = performance.now();
        process.kill(pid, 'SIGKILL');
        await once(events, 'data');
        const ms = performance.now() - killedAt;
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
