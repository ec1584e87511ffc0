import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { systemClock as clock } from '../../src/orchestrator/platform/clock.ts';
import { startEmbeddedPostgres } from '../../src/orchestrator/platform/embedded-postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

/** One real Postgres for all test files; each makes databases of its own in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), 'boardroom-test-postgres-'));
  // A temporary folder is its owner's alone; the account that Postgres takes in root's place must get through.
  await chmod(home, 0o711);
  const server = await startEmbeddedPostgres({ home, clock, password: 'test' });
  project.provide('postgresUrl', server.url);
  return async () => {
    await server.stop();
    await rm(home, { recursive: true, force: true });
  };
}
