import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type DockerIgnore, parseDockerIgnore } from './docker-ignore.ts';
import { tarEnd, tarEntry } from './tar.ts';
import { unlessAbsent } from './unless-absent.ts';

/** The engine reads these two from the context, even where .dockerignore leaves them out (dockerode would not send them). */
const alwaysSent = ['Dockerfile', '.dockerignore'];

/** The folder as a tar stream, without what its .dockerignore names. */
export function buildContext(folder: string): Readable {
  async function* tar(): AsyncGenerator<Buffer> {
    const ignore = parseDockerIgnore((await readFile(join(folder, '.dockerignore'), 'utf8').catch(unlessAbsent)) ?? '');
    for await (const path of filesOf(folder, ignore)) yield await entryOf(folder, path);
    yield tarEnd;
  }
  return Readable.from(tar(), { objectMode: false });
}

/** Sorted, so that the same files are the same context. */
async function* filesOf(root: string, ignore: DockerIgnore, below = ''): AsyncGenerator<string> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!ignore.isIgnoredWholly(path)) yield* filesOf(root, ignore, path);
    } else if (entry.isFile() || entry.isSymbolicLink()) {
      if (alwaysSent.includes(path) || !ignore.isIgnored(path)) yield path;
    }
  }
}

async function entryOf(root: string, path: string): Promise<Buffer> {
  const file = join(root, path);
  const { mode } = await lstat(file);
  const isLink = (mode & 0o170000) === 0o120000;
  return isLink
    ? tarEntry({ path, mode, content: Buffer.alloc(0), linkTo: await readlink(file) })
    : tarEntry({ path, mode, content: await readFile(file) });
}
