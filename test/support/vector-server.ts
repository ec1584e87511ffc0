import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

const reason = 'no Postgres server with pgvector 0.8 in /usr/lib/postgresql; .ci/pgvector installs one';

/** Why there can be none; undefined when there can. */
export const findMissingVectors = (): string | undefined => (bin === undefined ? reason : undefined);

/** A server of a test's own, on a temporary folder. */
export async function startVectorPostgres(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  if (bin === undefined) throw new Error(reason);
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
