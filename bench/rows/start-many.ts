import { openBareContainers } from '../parts/bare-containers.ts';
import { docker, openDockerTeam } from '../parts/docker-team.ts';
import type { Row } from '../row.ts';

const types = Array.from({ length: 12 }, (_, at) => `agent${at}`);
const atOnce = 4;

export const startMany: Row = {
  name: 'start-many',
  about: 'a dozen agents started together, from the first life to the last hello, against `docker run` four at a time',
  unit: '/s',
  better: 'higher',
  goal: { ratio: 0.9 },
  needs: ['docker'],
  async open(bench) {
    const team = await openDockerTeam(bench, types);
    const bare = await openBareContainers(types.length);
    const all = (act: 'start' | 'stop') =>
      Promise.all(types.map((type) => team.orchestrator.call('POST', `/agents/${type}/${act}`)));
    return {
      async ours() {
        const since = Date.now();
        await all('start');
        const lives = await Promise.all(types.map((type) => team.connected(type, since)));
        await all('stop');
        const first = Math.min(...lives.map(({ createdAt }) => createdAt));
        return (types.length * 1_000) / (Math.max(...lives.map(({ connectedAt }) => connectedAt)) - first);
      },
      async reference() {
        const ids: string[] = [];
        const left = types.map((_, at) => at);
        const hello = bare.hello(bare.hellos() + types.length - 1);
        const startedAt = performance.now();
        await Promise.all(
          Array.from({ length: atOnce }, async () => {
            for (let net = left.pop(); net !== undefined; net = left.pop()) ids.push(await bare.start([], net));
          }),
        );
        await hello;
        const ms = performance.now() - startedAt;
        for (const id of ids) await docker.getContainer(id).remove({ force: true, v: true });
        return (types.length * 1_000) / ms;
      },
      async close() {
        await team.close();
        await bare.close();
      },
    };
  },
};
