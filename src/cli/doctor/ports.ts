import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../../orchestrator/config.ts';
import { type Finding, fail, ok } from './check.ts';

interface Port {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** Whether the orchestrator could listen where it is told to. While ours runs, what it holds is as it should be. */
export async function checkPorts(
  config: Pick<Config, 'api' | 'gatewayPort' | 'egress'>,
  isUp: boolean,
): Promise<Finding[]> {
  // Beside containers the agents' side has addresses of its own; on loopback only processes find it.
  const ports: Port[] = [
    { name: 'ORCHESTRATOR_PORT', host: config.api.host, port: config.api.port },
    { name: 'GATEWAY_PORT', host: '127.0.0.1', port: config.gatewayPort },
    { name: 'EGRESS_PORT', host: '127.0.0.1', port: config.egress.port },
  ];
  return Promise.all(ports.map((port) => checkPort(port, isUp)));
}

async function checkPort({ name, host, port }: Port, isUp: boolean): Promise<Finding> {
  const label = `port ${port}`;
  const problem = await tryToListen(host, port);
  if (problem === undefined)
    return ok(label, port === 0 ? `${name} is 0: any that is free` : `${name}: free on ${host}`);
  if (problem === 'EADDRINUSE') {
    if (isUp) return ok(label, `${name}: in use while the orchestrator runs`);
    return fail(
      label,
      `${name}: another program listens on ${host}:${port}`,
      `End that program, or set ${name} to a free port.`,
    );
  }
  const mend =
    problem === 'EACCES' ? `Set ${name} to a port above 1023.` : `Correct ${name}, or the address to listen on.`;
  return fail(label, `${name}: cannot listen on ${host}:${port}: ${problem}`, mend);
}

/** The error's code; undefined when it went well. */
async function tryToListen(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
