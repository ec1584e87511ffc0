import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

const run = promisify(execFile);

/** A real registry of images, at an address where engines ask for no TLS. */
export interface Registry {
  /** Pushes what the engine knows by this tag; answers its name there, by which the engine does not know it. */
  push(tag: string, name: string): Promise<string>;
  /** What an image of this name would be called here. */
  nameOf(name: string): string;
  close(): Promise<void>;
}

export async function startRegistry(): Promise<Registry> {
  const folder = await mkdtemp(join(tmpdir(), 'boardroom-registry-'));
  const address = `127.0.0.1:${await freePort()}`;
  const config = { version: '0.1', storage: { filesystem: { rootdirectory: folder } }, http: { addr: address } };
  // JSON is YAML too.
  await writeFile(join(folder, 'config.yml'), JSON.stringify(config));
  const server = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  const isUp = () =>
    fetch(`http://${address}/v2/`).then(
      ({ ok }) => ok || undefined,
      () => undefined,
    );
  await eventually(isUp, { what: 'the registry' });
  const nameOf = (name: string) => `${address}/${name}`;
  return {
    nameOf,
    async push(tag, name) {
      await run('docker', ['tag', tag, nameOf(name)]);
      await run('docker', ['push', '--quiet', nameOf(name)]);
      await run('docker', ['rmi', nameOf(name)]);
      return nameOf(name);
    },
    async close() {
      const ended = once(server, 'exit');
      server.kill();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

/** A suite that needs a registry. Without one it is skipped and says why; in CI it fails, so that it can't go missing. */
export function describeRegistry(name: string, suite: () => void): void {
  const missing = findMissing();
  if (missing === undefined) return void describe(name, suite);
  const { CI } = process.env;
  if (CI !== 'true') return void describe.skip(`${name} (${missing})`, suite);
  describe(name, () => {
    test('has a docker-registry', () => expect.fail(missing));
  });
}

function findMissing(): string | undefined {
  try {
    execFileSync('docker-registry', ['--version']);
    return undefined;
  } catch (error) {
    return `no docker-registry: ${String(error)}`;
  }
}
