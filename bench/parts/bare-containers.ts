import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { WebSocketServer } from 'ws';
import { eventually } from '../../test/support/eventually.ts';
import { agentImage, docker } from './docker-team.ts';

const run = promisify(execFile);

/** The same image on the same kind of network, started by the `docker` command; what it calls does nothing but listen. */
export interface BareContainers {
  /** Starts one with the image's own program, or another; resolves with its id when `docker run` returns. */
  start(flags?: readonly string[], net?: number, program?: readonly [string, ...string[]]): Promise<string>;
  hellos(): number;
  /** Resolves once there were more hellos than `before`. */
  hello(before: number): Promise<void>;
  close(): Promise<void>;
}

const welcome = JSON.stringify({
  type: 'welcome',
  agentId: 'agt_1',
  agentType: 'ceo',
  name: 'CEO',
  prompt: 'Wait.',
  heartbeatMs: 10_000,
});

export async function openBareContainers(networks = 1): Promise<BareContainers> {
  const image = await agentImage();
  const mark = `boardroom-bench-${randomBytes(6).toString('hex')}`;
  let count = 0;
  const nets = await Promise.all(
    Array.from({ length: networks }, (_, at) => openNetwork(`${mark}-${at}`, () => (count += 1))),
  );
  const hello = (before: number) =>
    eventually(() => (count > before ? true : undefined), { withinMs: 60_000, what: 'a hello' }).then(() => undefined);
  return {
    hellos: () => count,
    hello,
    async start(flags = [], net = 0, program) {
      const { name, address } = nets[net] ?? { name: '', address: '' };
      const environment = [`BOARDROOM_URL=http://${address}`, 'BOARDROOM_TOKEN=x', 'BOARDROOM_AGENT=ceo'];
      const own = ['--label', mark, '--network', name, ...environment.flatMap((entry) => ['--env', entry])];
      const [entry, ...rest] = program ?? [];
      const instead = entry === undefined ? [] : ['--entrypoint', entry];
      const { stdout } = await run('docker', ['run', '--detach', ...own, ...flags, ...instead, image, ...rest]);
      return stdout.trim();
    },
    async close() {
      for (const { Id } of await docker.listContainers({ all: true, filters: { label: [mark] } }))
        await docker.getContainer(Id).remove({ force: true, v: true });
      for (const net of nets) await net.close();
    },
  };
}

async function openNetwork(name: string, onHello: () => void) {
  const network = await docker.createNetwork({ Name: name, Driver: 'bridge', Internal: true });
  const gateway = (await network.inspect()).IPAM?.Config?.[0]?.Gateway ?? '';
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  sockets.on('connection', (client) => {
    client.once('message', () => {
      onHello();
      client.send(welcome);
    });
    client.on('error', () => undefined);
  });
  http.listen(0, gateway);
  await once(http, 'listening');
  return {
    name,
    address: `${gateway}:${(http.address() as AddressInfo).port}`,
    async close() {
      for (const client of sockets.clients) client.terminate();
      http.close();
      await network.remove();
    },
  };
}
