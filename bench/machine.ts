import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Dockerode from 'dockerode';
import { systemClock as clock } from '../src/orchestrator/platform/clock.ts';
import { startEmbeddedPostgres } from '../src/orchestrator/platform/embedded-postgres.ts';
import { whyNoBrowser } from '../test/support/browser.ts';
import { createEmptyDatabaseOn } from '../test/support/empty-database.ts';
import { findMissingRedis } from '../test/support/redis-server.ts';
import { findMissingVectors } from '../test/support/vector-server.ts';
import type { Bench, Need } from './row.ts';

const run = promisify(execFile);

const answersTo = (command: string) => () =>
  run(command, ['--version']).then(
    () => undefined,
    () => `there is no ${command}`,
  );

/** Why the machine does not have it; undefined when it does. */
const missing: Readonly<Record<Need, () => Promise<string | undefined>>> = {
  docker: () =>
    new Dockerode().ping().then(
      () => undefined,
      () => 'no Docker engine answers',
    ),
  redis: async () => findMissingRedis() && 'there is no redis-server',
  pgbench: answersTo('pgbench'),
  psql: answersTo('psql'),
  chromium: async () => whyNoBrowser,
  pgvector: async () => findMissingVectors(),
  linux: async () => (process.platform === 'linux' ? undefined : 'it reads /proc, which only Linux has'),
};

export async function whatIsMissing(needs: readonly Need[]): Promise<string | undefined> {
  for (const need of needs) {
    const reason = await missing[need]();
    if (reason !== undefined) return reason;
  }
  return undefined;
}

export interface Machine {
  readonly bench: Bench;
  close(): Promise<void>;
}

/** One Postgres for the whole run, as the product's own embedded one is set up. */
export async function openMachine(longLog: number): Promise<Machine> {
  const home = await mkdtemp(join(tmpdir(), 'boardroom-bench-'));
  // A temporary folder is its owner's alone; the account that Postgres takes in root's place must get through.
  await chmod(home, 0o711);
  const server = await startEmbeddedPostgres({ home, clock, password: 'bench' });
  return {
    bench: { longLog, createDatabase: () => createEmptyDatabaseOn(server.url) },
    async close() {
      await server.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
