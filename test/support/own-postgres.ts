import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe } from 'vitest';
import { systemClock as clock } from '../../src/orchestrator/platform/clock.ts';
import { startEmbeddedPostgres } from '../../src/orchestrator/platform/embedded-postgres.ts';
import { eventually } from './eventually.ts';

/** Processes are found and told apart through /proc. */
export function describeOnLinux(name: string, suite: () => void): void {
  if (process.platform === 'linux') describe(name, suite);
  else describe.skip(`${name} (needs /proc, which only Linux has)`, suite);
}

/** A whole Postgres server of a test's own, always at the same port, to be stopped, frozen and crowded. */
export interface OwnPostgres {
  readonly url: string;
  start(): Promise<void>;
  /** SIGINT: a fast shutdown, everybody is sent away. SIGQUIT: at once, without a checkpoint. SIGKILL: no goodbye. */
  stop(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void>;
  /** The server and all its sessions hang, until they are thawed. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  crowd(): Promise<Crowd>;
  dispose(): Promise<void>;
}

/** Has every connection that was left, and takes each that becomes free. */
export interface Crowd {
  /** Ends the connections of the orchestrator too; resolves when it has none. */
  oust(): Promise<void>;
  letGo(): Promise<void>;
}

export async function startOwnPostgres(settings: Readonly<Record<string, string>> = {}): Promise<OwnPostgres> {
  const home = await mkdtemp(join(tmpdir(), 'boardroom-own-postgres-'));
  await chmod(home, 0o711);
  const embedded = await startEmbeddedPostgres({ home, clock, password: 'test' });
  const command = await commandOf(await postmaster(embedded.data));
  await embedded.stop();
  const { url } = embedded;
  let server: ChildProcess | undefined;

  async function start(): Promise<void> {
    await eventually(
      () => {
        // After kill -9 its sessions may still hold the memory that they shared: it refuses to start until they are gone.
        if (!isRunning()) server = launch();
        return answers(url);
      },
      { withinMs: 60_000, what: 'the start of Postgres' },
    );
  }

  const isRunning = () => server !== undefined && server.exitCode === null && server.signalCode === null;

  function launch(): ChildProcess {
    const [program = '', ...flags] = command.argv;
    const extra = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const { uid, gid } = command;
    return spawn(program, [...flags, ...extra], { uid, gid, cwd: '/', stdio: 'ignore', detached: true });
  }

  async function stop(signal: NodeJS.Signals): Promise<void> {
    if (!server || !isRunning()) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  }

  /** The server first: a session that is born meanwhile would not hang. */
  async function signalAll(signal: NodeJS.Signals): Promise<void> {
    if (!server?.pid || !isRunning()) return;
    for (const pid of [server.pid, ...(await childrenOf(server.pid))]) process.kill(pid, signal);
  }

  await start();
  return {
    url,
    start,
    stop,
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    crowd: () => crowd(url),
    async dispose() {
      await signalAll('SIGCONT');
      await stop('SIGQUIT');
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** `postmaster.pid`, line 1. */
export const postmaster = async (data: string): Promise<number> =>
  Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0]);

async function commandOf(pid: number) {
  const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').filter((part) => part !== '');
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const id = (name: 'Uid' | 'Gid') => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return { argv, uid: id('Uid'), gid: id('Gid') };
}

async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  const parentOf = async (pid: number) => {
    // Ended during the look: nobody's child.
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]);
  };
  const parents = await Promise.all(pids.map(parentOf));
  return pids.filter((_pid, at) => parents[at] === parent);
}

async function answers(url: string): Promise<true | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function crowd(url: string): Promise<Crowd> {
  const clients = new Set<pg.Client>();
  const over = new AbortController();
  let refused = false;

  async function takeOne(): Promise<void> {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => clients.delete(client));
    try {
      await client.connect();
      clients.add(client);
    } catch {
      refused = true;
      await clock.sleep(5, over.signal);
    }
  }

  const crowding = [1, 2, 3, 4].map(async () => {
    while (!over.signal.aborted) await takeOne();
  });
  await eventually(() => refused || undefined, { what: 'a full server' });
  return {
    async oust() {
      const [first] = clients;
      const terminate = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'boardroom'`;
      // Nobody for a while, not just at one moment.
      for (let quiet = 0; quiet < 10; await clock.sleep(20, over.signal)) {
        const { rowCount } = (await first?.query(terminate)) ?? {};
        quiet = rowCount === 0 ? quiet + 1 : 0;
      }
    },
    async letGo() {
      over.abort();
      await Promise.all(crowding);
      await Promise.all([...clients].map((client) => client.end()));
    },
  };
}
