import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Boardroom, compose } from '../../src/orchestrator/compose.ts';
import { readConfig } from '../../src/orchestrator/config.ts';
import { createEmptyDatabase } from './database.ts';
import { freePort } from './free-port.ts';

export const adminKey = 'test-admin-key-0123456789';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers that the contract checks elsewhere
  readonly body: any;
}

export interface Call {
  readonly body?: unknown;
  readonly key?: string | null;
  readonly headers?: Record<string, string>;
}

export interface TestBoardroom {
  readonly boardroom: Boardroom;
  readonly url: string;
  readonly gatewayUrl: string;
  readonly databaseUrl: string;
  readonly home: string;
  call(method: 'GET' | 'POST' | 'DELETE', path: string, options?: Call): Promise<Answer>;
  /** Closes this orchestrator; the database and the home folder stay. */
  close(team?: 'stop_team' | 'leave_team'): Promise<void>;
  /** Closes it and removes all that it made. */
  dispose(): Promise<void>;
}

/** Quick, so that tests wait for events and not for timers. */
export const quick = {
  RESYNC_MS: '2000',
  HEARTBEAT_MS: '500',
  SWEEP_MS: '200',
  RELAY_POLL_MS: '200',
  CATCH_UP_MS: '500',
  DISPATCH_MS: '100',
  STOP_GRACE_MS: '1500',
  RATE_LIMIT_PER_MINUTE: '1000000',
  FAILED_AUTH_PER_MINUTE: '1000000',
  SOCKETS_MAX: '100000',
  SOCKETS_PER_KEY: '100000',
  CONNECTIONS_MAX: '100000',
  LOG_LEVEL: 'warn',
};

/**
 * A whole orchestrator in this process, on a database of its own. By default it wants no agents, so that nothing
 * happens that the test did not ask for.
 */
export async function startBoardroom(environment: Record<string, string> = {}): Promise<TestBoardroom> {
  const home = environment['BOARDROOM_HOME'] ?? (await mkdtemp(join(tmpdir(), 'boardroom-test-')));
  const database = environment['DATABASE_URL'] === undefined ? await createEmptyDatabase() : undefined;
  const databaseUrl = environment['DATABASE_URL'] ?? database?.url ?? '';
  const gatewayPort = Number(environment['GATEWAY_PORT'] ?? (await freePort()));
  const config = readConfig({
    ...quick,
    ORCHESTRATOR_PORT: '0',
    GATEWAY_PORT: String(gatewayPort),
    EGRESS_PORT: String(await freePort()),
    DATABASE_URL: databaseUrl,
    BOARDROOM_HOME: home,
    BOARDROOM_ADMIN_KEY: adminKey,
    BOARDROOM_AGENTS: 'none',
    AGENT_RUNTIME: 'process',
    ...environment,
  });
  const boardroom = await compose(config, resolve('.'));
  const { apiUrl: url } = boardroom;

  async function close(team: 'stop_team' | 'leave_team' = 'stop_team'): Promise<void> {
    const failures = await boardroom.close(team);
    if (failures.length > 0)
      throw new AggregateError(
        failures.map(({ error }) => error),
        'did not close cleanly',
      );
  }

  return {
    boardroom,
    url,
    gatewayUrl: `http://127.0.0.1:${gatewayPort}`,
    databaseUrl,
    home,
    call: (method, path, options = {}) => call(url + path, method, options),
    close,
    async dispose() {
      await close();
      await database?.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

export async function call(url: string, method: string, { body, key = adminKey, headers = {} }: Call): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(key !== null && { 'x-api-key': key }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}
