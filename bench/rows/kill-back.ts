import { openBareContainers } from '../parts/bare-containers.ts';
import { docker, openDockerTeam } from '../parts/docker-team.ts';
import type { Row } from '../row.ts';

export const killBack: Row = {
  name: 'kill-back',
  about: 'from kill -9 of the agent to the hello of its next life, against Docker’s own restart policy',
  unit: 'ms',
  better: 'lower',
  goal: { ratio: 1.15 },
  needs: ['docker', 'linux'],
  async open(bench) {
    const team = await openDockerTeam(bench, ['ceo']);
    const bare = await openBareContainers();
    return {
      async ours() {
        const since = Date.now();
        await team.orchestrator.call('POST', '/agents/ceo/restart');
        const { containerId } = await team.connected('ceo', since);
        const pid = await team.pidOf(containerId);
        const killedAt = Date.now();
        process.kill(pid, 'SIGKILL');
        return (await team.connected('ceo', killedAt)).connectedAt - killedAt;
      },
      async reference() {
        const first = bare.hello(bare.hellos());
        const id = await bare.start(['--restart', 'always']);
        await first;
        const pid = await team.pidOf(id);
        const again = bare.hello(bare.hellos());
        const killedAt = performance.now();
        process.kill(pid, 'SIGKILL');
        await again;
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
