import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock as clock } from '../../src/orchestrator/platform/clock.ts';
import { startEmbeddedPostgres } from '../../src/orchestrator/platform/embedded-postgres.ts';

const installed = '/usr/lib/postgresql';

/** The newest of Debian's servers that has pgvector 0.8 or later; the one that npm brings has none. */
const bin = (existsSync(installed) ? readdirSync(installed) : [])
  .sort((a, b) => Number(b) - Number(a))
  .filter(hasVectors)
  .map((version) => join(installed, version, 'bin'))
  .find((folder) => existsSync(join(folder, 'initdb')));

function hasVectors(version: string): boolean {
  const control = `/usr/share/postgresql/${version}/extension/vector.control`;
  if (!existsSync(control)) return false;
  const [, major, minor] = /^default_version\s*=\s*'(\d+)\.(\d+)/m.exec(readFileSync(control, 'utf8')) ?? [];
  return Number(major) > 0 || Number(minor) >= 8;
}

const missing = 'no Postgres server with pgvector 0.8 in /usr/lib/postgresql; .ci/pgvector installs one';

/** A suite that needs pgvector. Without it it is skipped and says why; in CI it fails, so that it can't go missing. */
export function describeVectors(name: string, suite: () => void): void {
  if (bin !== undefined) return void describe(name, suite);
  const { CI } = process.env;
  if (CI !== 'true') return void describe.skip(`${name} (${missing})`, suite);
  describe(name, () => {
    test('has a Postgres with pgvector', () => expect.fail(missing));
  });
}

/** A server of a test's own, on a temporary folder. */
export async function startVectorPostgres(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  if (bin === undefined) throw new Error(missing);
  const home = await mkdtemp(join(tmpdir(), 'boardroom-vector-postgres-'));
  // The account that Postgres takes in root's place must get through.
  await chmod(home, 0o711);
  const binaries = { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
  const server = await startEmbeddedPostgres({ home, clock, password: 'test', binaries });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
