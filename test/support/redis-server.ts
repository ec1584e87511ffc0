import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

/** Why there can be no Redis here; undefined when there can. */
export function findMissingRedis(): string | undefined {
  try {
    execFileSync('redis-server', ['--version']);
    return undefined;
  } catch (error) {
    return `no redis-server: ${String(error)}`;
  }
}

export interface RedisServer {
  readonly url: string;
  start(): Promise<void>;
  /** Ends the process; what it held is gone. */
  stop(): Promise<void>;
  /** It hangs: takes what is sent and answers nothing, until it is thawed. */
  freeze(): void;
  thaw(): void;
  configure(parameter: string, value: string): Promise<void>;
}

/** A real Redis that can be stopped and started again at the same port. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server: ChildProcess | undefined;

  async function start(): Promise<void> {
    const flags = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    server = spawn('redis-server', flags, { stdio: 'ignore' });
    const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
    client.on('error', () => undefined);
    await eventually(async () => ((await client.ping()) === 'PONG' ? true : undefined), { what: 'Redis' });
    client.disconnect();
  }

  await start();
  return {
    url,
    start,
    async stop() {
      const ending = server;
      server = undefined;
      if (!ending || ending.exitCode !== null) return;
      const ended = once(ending, 'exit');
      ending.kill('SIGKILL');
      await ended;
    },
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    async configure(parameter, value) {
      const client = new Redis(url);
      await client.config('SET', parameter, value);
      client.disconnect();
    },
  };
}
