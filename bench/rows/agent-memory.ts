import { setTimeout as sleep } from 'node:timers/promises';
import { openBareContainers } from '../parts/bare-containers.ts';
import { docker, openDockerTeam } from '../parts/docker-team.ts';
import { mebibytes, memoryOf } from '../parts/proc.ts';
import type { Row } from '../row.ts';

/** After the hello and the collection of what the start left behind. */
const settleMs = 3_000;

/** A bare agent: Node's own WebSocket handshake over HTTP, then nothing but waiting. */
const bareAgent = `
  const { request } = require('node:http');
  request(process.env.BOARDROOM_URL, { headers: { connection: 'Upgrade', upgrade: 'websocket',
    'sec-websocket-version': '13', 'sec-websocket-key': 'MDEyMzQ1Njc4OWFiY2RlZg==' } })
    .on('upgrade', (answer, socket) => socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x7b, 0x7d]))).end();
  process.on('SIGTERM', () => process.exit());
`;

export const agentMemory: Row = {
  name: 'agent-memory',
  about: 'private memory of an idle, connected agent, against a bare Node program that holds such a connection',
  unit: 'MiB',
  better: 'lower',
  goal: { ratio: 1.25 },
  needs: ['docker', 'linux'],
  async open(bench) {
    const team = await openDockerTeam(bench, ['ceo']);
    const bare = await openBareContainers();
    const measureIn = async (containerId: string) => {
      await sleep(settleMs);
      return mebibytes((await memoryOf(await team.pidOf(containerId))).private);
    };
    return {
      async ours() {
        const since = Date.now();
        await team.orchestrator.call('POST', '/agents/ceo/start');
        const { containerId } = await team.connected('ceo', since);
        const size = await measureIn(containerId);
        await team.orchestrator.call('POST', '/agents/ceo/stop');
        return size;
      },
      async reference() {
        const hello = bare.hello(bare.hellos());
        const id = await bare.start([], 0, ['node', '-e', bareAgent]);
        await hello;
        const size = await measureIn(id);
        await docker.getContainer(id).remove({ force: true, v: true });
        return size;
      },
      async close() {
        await team.close();
        await bare.close();
      },
    };
  },
};
