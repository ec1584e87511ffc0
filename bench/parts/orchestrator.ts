import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../test/support/free-port.ts';
import { spawnOrchestrator } from '../../test/support/orchestrator-process.ts';
import { keepRunning } from './running.ts';

export const key = 'bench-admin-key-0123456789';

export interface BenchOrchestrator {
  readonly url: string;
  readonly pid: number;
  readonly home: string;
  readonly gatewayPort: number;
  readonly egressPort: number;
  /** Asks the API; throws on anything but success. */
  call<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T>;
  close(): Promise<void>;
}

/** Defaults everywhere but where a limit would be measured in place of the work. */
const unlimited = {
  RATE_LIMIT_PER_MINUTE: '10000000',
  FAILED_AUTH_PER_MINUTE: '10000000',
  CONNECTIONS_MAX: '100000',
  SOCKETS_MAX: '100000',
  SOCKETS_PER_KEY: '100000',
  AGENT_CALLS_PER_SECOND: '100000',
  LOG_LEVEL: 'warn',
};

/** The built program in a process of its own, as an operator starts it; by default without agents. */
export async function openOrchestrator(
  databaseUrl: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<BenchOrchestrator> {
  const home = environment['BOARDROOM_HOME'] ?? (await mkdtemp(join(tmpdir(), 'boardroom-bench-home-')));
  const gatewayPort = Number(environment['GATEWAY_PORT'] ?? (await freePort()));
  const egressPort = Number(environment['EGRESS_PORT'] ?? (await freePort()));
  const orchestrator = spawnOrchestrator({
    ...unlimited,
    DATABASE_URL: databaseUrl,
    BOARDROOM_HOME: home,
    BOARDROOM_ADMIN_KEY: key,
    BOARDROOM_AGENTS: 'none',
    AGENT_RUNTIME: 'process',
    GATEWAY_PORT: String(gatewayPort),
    EGRESS_PORT: String(egressPort),
    ...environment,
  });
  const close = keepRunning(async () => {
    await orchestrator.end('SIGTERM');
    if (environment['BOARDROOM_HOME'] === undefined) await rm(home, { recursive: true, force: true });
  });
  const url = await orchestrator.up();
  return {
    url,
    pid: orchestrator.pid,
    home,
    gatewayPort,
    egressPort,
    call: (method, path, body) => call(url, { method, path, body }),
    close,
  };
}

interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: object | undefined;
}

async function call<T>(url: string, { method, path, body }: Request): Promise<T> {
  const response = await fetch(url + path, {
    method,
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  // The caller names what the contract says of this route.
  return JSON.parse(text) as T;
}
