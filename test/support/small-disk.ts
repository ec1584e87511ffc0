import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);

const missing = findMissing();

function findMissing(): string | undefined {
  if (process.platform !== 'linux') return 'needs a tmpfs, which only Linux has';
  if (process.getuid?.() !== 0) return 'needs root, to mount a tmpfs';
  try {
    execFileSync('unshare', ['--mount', 'true']);
    return undefined;
  } catch (error) {
    return `may not mount: ${String(error)}`;
  }
}

/** A suite that needs a disk of its own to fill. Without one it is skipped and says why; in CI it fails. */
export function describeSmallDisk(name: string, suite: () => void): void {
  if (missing === undefined) return void describe(name, suite);
  const { CI } = process.env;
  if (CI !== 'true') return void describe.skip(`${name} (${missing})`, suite);
  describe(name, () => {
    test('has a disk to fill', () => expect.fail(missing));
  });
}

/** A small file system of its own. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves not a byte. */
  fill(): Promise<void>;
  free(): Promise<void>;
  remove(): Promise<void>;
}

export async function mountSmallDisk(megabytes: number): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'boardroom-small-disk-'));
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', folder]);
  const ballast = join(folder, 'ballast');
  return {
    folder,
    async fill() {
      const file = await open(ballast, 'a');
      try {
        for (const bytes of [1024 * 1024, 4096]) await appendUntilFull(file, Buffer.alloc(bytes));
      } finally {
        await file.close();
      }
    },
    free: () => rm(ballast, { force: true }),
    async remove() {
      await run('umount', ['--lazy', folder]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function appendUntilFull(file: Awaited<ReturnType<typeof open>>, chunk: Buffer): Promise<void> {
  try {
    for (;;) await file.appendFile(chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
