import { readFile } from 'node:fs/promises';
import type { CliConfig } from './config.ts';
import { CliError, exitCodes } from './failure.ts';

export interface FoundKey {
  readonly secret: string;
  /** `--key`, a variable's name or a file's path. */
  readonly source: string;
}

interface KeyWish {
  readonly config: CliConfig;
  readonly url: string;
  readonly isUrlGiven: boolean;
  readonly flag: string | undefined;
}

/** `--key`, else the environment's, else the one that the orchestrator of this folder has made; undefined: none is found. */
export async function findKey({ config, flag, url, isUrlGiven }: KeyWish): Promise<FoundKey | undefined> {
  if (flag !== undefined) return { secret: flag, source: '--key' };
  if (config.key !== undefined) return config.key;
  // A file's key is the key of the orchestrator here: it is not sent wherever somebody points.
  if (isUrlGiven && !isLoopback(url)) return undefined;
  const secret = await readSecret(config.keyFile);
  return secret === undefined ? undefined : { secret, source: config.keyFile };
}

export async function needKey(wish: KeyWish): Promise<string> {
  const found = await findKey(wish);
  if (found !== undefined) return printable(found);
  const { config, url, isUrlGiven } = wish;
  const why =
    isUrlGiven && !isLoopback(url)
      ? `No key for ${url}: the one in ${config.keyFile} is used on this machine only.`
      : `No key: ${config.keyFile} is not there.`;
  throw new CliError(exitCodes.unauthenticated, `${why} Pass one with --key or BOARDROOM_KEY.`);
}

/** What cannot stand in a header was copied wrong; it is not repeated. */
function printable({ secret, source }: FoundKey): string {
  if (/^[\x21-\x7e]+$/.test(secret)) return secret;
  throw new CliError(
    exitCodes.unauthenticated,
    `The key from ${source} is empty or holds blanks: it is not a whole key.`,
  );
}

async function readSecret(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new CliError(exitCodes.unauthenticated, `The key in ${path} cannot be read: ${String(code ?? error)}`);
  }
}

export const isLoopback = (url: string): boolean =>
  /^(localhost|127(\.\d+){3}|\[::1\])$/.test(URL.canParse(url) ? new URL(url).hostname : '');
