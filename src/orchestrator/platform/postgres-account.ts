import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** As whom and from where the embedded Postgres runs. */
export interface Account {
  /** Set when we are root: Postgres refuses to run as root. */
  readonly ids: { readonly uid: number; readonly gid: number } | undefined;
  /** The folder that holds the data; the account may reach it. */
  readonly home: string;
  /** The folder with `postgres` and `initdb`; the account may reach it. */
  readonly binaries: string;
}

const run = promisify(execFile);

/** Where root's server lives when its account cannot reach our own folders (a clone below /root, say). */
const rootHome = '/var/lib/boardroom';

export async function accountForPostgres({ home, binaries }: { home: string; binaries: string }): Promise<Account> {
  await mkdir(home, { recursive: true });
  if (process.getuid?.() !== 0) return { ids: undefined, home, binaries };
  const ids = await unprivilegedIds();
  return {
    ids,
    home: (await mayEnter(home, ids)) ? home : await homeOutside(home),
    binaries: (await mayEnter(binaries, ids)) ? binaries : await copyOutside(binaries),
  };
}

/** `postgres` where there is one, else `nobody`, which is everywhere; no account is made on somebody's machine. */
async function unprivilegedIds(): Promise<{ uid: number; gid: number }> {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = await Promise.all([idOf('-u', name), idOf('-g', name)]);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error(
    'Postgres cannot run as root, and this machine has neither the account "postgres" nor "nobody". Set DATABASE_URL.',
  );
}

async function idOf(flag: '-u' | '-g', name: string): Promise<number | undefined> {
  try {
    return Number((await run('id', [flag, name])).stdout);
  } catch {
    // `id` ends with 1 when there is no such account, which is the answer.
    return undefined;
  }
}

async function mayEnter(folder: string, ids: { uid: number; gid: number }): Promise<boolean> {
  try {
    await run('test', ['-x', join(folder, '.')], { ...ids, cwd: '/' });
    return true;
  } catch {
    // `test` ends with 1 when it may not, which is the answer.
    return false;
  }
}

async function homeOutside(home: string): Promise<string> {
  const folder = join(rootHome, createHash('sha256').update(home).digest('hex').slice(0, 12));
  await mkdir(folder, { recursive: true, mode: 0o711 });
  return folder;
}

/** Copied beside its place first: a copy that was cut off is never taken for a whole one. */
async function copyOutside(binaries: string): Promise<string> {
  const native = resolve(binaries, '..');
  const { mtimeMs } = await stat(join(binaries, 'postgres'));
  const copy = join(rootHome, `postgres-${basename(dirname(native))}-${Math.round(mtimeMs)}`);
  try {
    await stat(copy);
  } catch {
    // Not there yet: any other trouble shows in the copying itself.
    const partial = `${copy}.${process.pid}`;
    await mkdir(rootHome, { recursive: true, mode: 0o755 });
    await cp(native, partial, { recursive: true, verbatimSymlinks: true });
    await rename(partial, copy).catch(() => rm(partial, { recursive: true }));
  }
  return join(copy, basename(binaries));
}
