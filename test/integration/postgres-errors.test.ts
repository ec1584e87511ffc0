import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../src/contracts/errors.ts';
import {
  asUnavailable,
  createPostgres,
  isUnavailable,
  type Postgres,
  sqlState,
  violatedUnique,
} from '../../src/orchestrator/platform/postgres.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';

const limits = {
  poolSize: 2,
  connectTimeoutMs: 1_000,
  statementTimeoutMs: 1_000,
  lockTimeoutMs: 200,
  idleInTransactionTimeoutMs: 200,
};

let url: string;
let drop: () => Promise<void>;
/** Beside what is tested: to look, and to end other sessions. */
let admin: pg.Client;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  const database = await createEmptyDatabase();
  ({ url, drop } = database);
  admin = new pg.Client(url);
  await admin.connect();
  await admin.query('create table things (id int primary key, name text not null constraint one_name unique)');
  await admin.query('create table parts (thing int references things (id))');
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  await admin.query('truncate things cascade');
});
afterAll(async () => {
  await admin.end();
  await drop();
});

function open(parts: Partial<typeof limits> = {}, at = url): Postgres {
  const postgres = createPostgres(at, { ...limits, ...parts }, () => undefined);
  closing.push(() => postgres.close().catch(() => undefined));
  return postgres;
}

/** A connection of its own whose errors do not end the test run. */
async function openClient(at = url): Promise<pg.Client> {
  const client = await open({}, at).connect();
  client.on('error', () => undefined);
  closing.push(() => client.end());
  return client;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail('it was expected to fail'),
    (error: unknown) => error,
  );
}

/** What an error and its causes say, by code or by text. */
function tokensOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  return [...code, error.message, ...tokensOf(error.cause)];
}

const port = (server: Server) => (server.address() as AddressInfo).port;
const urlWith = (parts: Partial<Pick<URL, 'username' | 'password'>>) => Object.assign(new URL(url), parts).href;
const urlAt = (host: string, at: number) => `postgres://nobody:x@${host}:${at}/none`;

async function listening(onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer(onConnection).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return server;
}

/** Between us and the server: the wire, which can be cut, or stand still for a while and lose nothing. */
async function openWire() {
  const pairs: [Socket, Socket][] = [];
  const { hostname, port: serverPort } = new URL(url);
  const server = await listening((near) => {
    const far = connect(Number(serverPort), hostname);
    for (const socket of [near, far]) socket.on('error', () => socket.destroy());
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
    near.pipe(far).pipe(near);
    pairs.push([near, far]);
  });
  const through = new URL(url);
  through.port = String(port(server));
  return {
    url: through.href,
    cut: () => void pairs.map(([near]) => near.end()),
    reset: () => void pairs.map(([near]) => near.resetAndDestroy()),
    freeze() {
      for (const socket of pairs.flat()) socket.unpipe().pause();
    },
    thaw() {
      for (const [near, far] of pairs) near.pipe(far).pipe(near);
    },
  };
}

/** A query under way, and the server process at work on it. */
async function underWay(client: pg.Client): Promise<{ failure: Promise<unknown>; pid: number }> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const pid = rows[0]?.pid ?? 0;
  const failure = failureOf(client.query('select pg_sleep(10)'));
  const busy = `select 1 from pg_stat_activity where pid = ${pid} and state = 'active'`;
  await eventually(async () => (await admin.query(busy)).rowCount || undefined, { what: 'the query under way' });
  return { failure, pid };
}

/** Each makes its error for real; the token pins how the installed pg reports it. */
function passesByItself(what: string, token: string, provoke: () => Promise<unknown>): void {
  it(`is unavailable: ${what} (${token})`, async () => {
    const error = await provoke();
    expect(tokensOf(error)).toContain(token);
    expect(isUnavailable(error)).toBe(true);
    const told = { name: 'AppError', code: 'dependency_unavailable', retryAfterSeconds: 2, cause: error };
    expect(asUnavailable(error)).toMatchObject(told);
  });
}

describe('what passes by itself', () => {
  const silence = async () => {
    const silent = await listening(() => undefined);
    return open({ connectTimeoutMs: 100 }, urlAt('127.0.0.1', port(silent)));
  };

  passesByItself('a server that is not there', 'ECONNREFUSED', async () =>
    failureOf(open({}, urlAt('127.0.0.1', await freePort())).db.execute('select 1')),
  );
  passesByItself('a server that is at none of a name’s addresses', 'ECONNREFUSED', async () =>
    failureOf(open({}, urlAt('localhost', await freePort())).db.execute('select 1')),
  );
  passesByItself('a server that says nothing', 'Connection terminated due to connection timeout', async () =>
    failureOf((await silence()).db.execute('select 1')),
  );
  passesByItself('a server that says nothing, beside the pool', 'timeout expired', async () =>
    failureOf((await silence()).connect()),
  );
  passesByItself('a server with no connection to spare', '53300', async () => {
    const role = `few_${await freePort()}`;
    await admin.query(`create role ${role} login password 'x' connection limit 0`);
    closing.push(() => admin.query(`drop role ${role}`));
    return failureOf(open({}, urlWith({ username: role, password: 'x' })).db.execute('select 1'));
  });
  passesByItself('a session that the server ends during a query', '57P01', async () => {
    const { failure, pid } = await underWay(await openClient());
    await admin.query('select pg_terminate_backend($1)', [pid]);
    return failure;
  });
  for (const [how, token] of [
    ['cut', 'Connection terminated unexpectedly'],
    ['reset', 'ECONNRESET'],
  ] as const) {
    passesByItself(`a connection that is ${how} during a query`, token, async () => {
      const wire = await openWire();
      const { failure } = await underWay(await openClient(wire.url));
      wire[how]();
      return failure;
    });
  }
  const notQueryable = 'Client has encountered a connection error and is not queryable';
  passesByItself('a connection that was cut before', notQueryable, async () => {
    const wire = await openWire();
    const client = await openClient(wire.url);
    const ended = new Promise<void>((resolve) => client.on('end', () => resolve()));
    wire.cut();
    await ended;
    return failureOf(client.query('select 1'));
  });
  passesByItself('a connection that we end during a query', 'Connection terminated', async () => {
    const client = await openClient();
    const { failure } = await underWay(client);
    await client.end();
    return failure;
  });
  passesByItself('a server that does not answer in time', 'Query read timeout', async () => {
    const wire = await openWire();
    const { db } = open({ statementTimeoutMs: 300 }, wire.url);
    await db.execute('select 1');
    wire.freeze();
    return failureOf(db.execute('select 1'));
  });
  passesByItself('a statement that takes too long', '57014', () => failureOf(open().db.execute('select pg_sleep(10)')));
  passesByItself('a lock that is not to be had', '55P03', async () => {
    const holder = await openClient();
    await holder.query('begin; lock table things');
    return failureOf(open().db.execute('select from things'));
  });
  passesByItself('a transaction that idled too long', '25P03', async () => {
    const client = await open().pool.connect();
    const told = new Promise<unknown>((resolve) => client.once('error', resolve));
    client.on('error', () => undefined);
    await client.query('begin');
    const error = await told;
    client.release(true);
    return error;
  });
  passesByItself('a pool that is all in use', 'timeout exceeded when trying to connect', async () => {
    const { pool, db } = open({ poolSize: 1, connectTimeoutMs: 100 });
    const inUse = await pool.connect();
    const error = await failureOf(db.execute('select 1'));
    inUse.release();
    return error;
  });
  passesByItself('a pool that is closed', 'Cannot use a pool after calling end on the pool', async () => {
    const postgres = open();
    await postgres.close();
    return failureOf(postgres.db.execute('select 1'));
  });
});

describe('what would only happen again', () => {
  const failing = (statement: string, at = url) => failureOf(open({}, at).db.execute(statement));
  const twice = "insert into things values (1, 'a'), (2, 'a')";

  it.each<[string, string, () => Promise<unknown>]>([
    ['a value that is there already', '23505', () => failing(twice)],
    ['a reference to nothing', '23503', () => failing('insert into parts values (9)')],
    ['a statement that is wrong', '42601', () => failing('selec 1')],
    ['a value of another type', '22P02', () => failing("select 'x'::int")],
    ['a password that is wrong', '28P01', () => failing('select 1', urlWith({ password: 'wrong' }))],
    ['an error of ours', 'oops', async () => new Error('oops')],
    ['a refusal of ours', 'no', async () => new AppError('not_allowed', 'no')],
    ['a file that is not there', 'ENOENT', () => failureOf(readFile('/no/such/file'))],
  ])('is not unavailable: %s (%s)', async (_what, token, provoke) => {
    const error = await provoke();
    expect(tokensOf(error)).toContain(token);
    expect(isUnavailable(error)).toBe(false);
    expect(asUnavailable(error)).toBe(error);
  });

  it('is known by its state and constraint, however it is wrapped', async () => {
    const error = await failing(twice);
    expect(sqlState(error)).toBe('23505');
    expect([violatedUnique(error, 'one_name'), violatedUnique(error, 'things_pkey')]).toEqual([true, false]);
  });
});

describe('a transaction', () => {
  const insert = (name: string) => sql`insert into things values ((random() * 1e9)::int, ${name})`;
  const names = async () =>
    (await admin.query<{ name: string }>('select name from things order by name')).rows.map(({ name }) => name);

  it('whose session the server ends is refused, and does not take the process with it', async () => {
    const postgres = open();
    const pids: number[] = [];
    let listeners = 0;
    postgres.pool.once('acquire', (client) =>
      // A client that nobody listens to ends the whole process when its connection breaks. Counted, then spared.
      process.nextTick(() => {
        listeners = client.listenerCount('error');
        client.on('error', () => undefined);
      }),
    );
    const refused = await failureOf(
      postgres.transaction(async (tx) => {
        const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
        pids.push(...rows.map(({ pid }) => pid));
        await admin.query('select pg_terminate_backend($1)', pids);
        await tx.execute(insert('lost'));
      }),
    );
    expect([isUnavailable(refused), await names()]).toEqual([true, []]);
    expect(await postgres.transaction((tx) => tx.execute(insert('kept')))).toMatchObject({ rowCount: 1 });
    expect(listeners).toBeGreaterThan(0);
  });

  it('that was refused because the server hung is not committed by the next one on its connection', async () => {
    const wire = await openWire();
    const postgres = open({ poolSize: 1, connectTimeoutMs: 20_000, idleInTransactionTimeoutMs: 20_000 }, wire.url);
    const refused = await failureOf(
      postgres.transaction(async (tx) => {
        await tx.execute(insert('half'));
        wire.freeze();
        await tx.execute(insert('other half'));
      }),
    );
    expect(isUnavailable(refused)).toBe(true);
    wire.thaw();
    await postgres.transaction((tx) => tx.execute(insert('next')));
    expect(await names()).toEqual(['next']);
  });
});
