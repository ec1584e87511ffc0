import { watch } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { benchmarkCaller } from '../../contracts/benchmark.ts';
import { agentTypeSchema } from '../../contracts/primitives.ts';
import { type ProfileHead, profileHeadSchema } from '../../contracts/profile.ts';
import { hashSecret } from '../platform/identity.ts';

export interface Profile extends ProfileHead {
  readonly type: string;
  readonly path: string;
  /** The Markdown below the front matter: the system prompt. */
  readonly prompt: string;
  /** Of the whole file: another hash means another spec, and the container is replaced. */
  readonly hash: string;
}

/** The team as the profile folder has it. */
export interface Profiles {
  get(type: string): Profile | undefined;
  all(): readonly Profile[];
  /** Reads the folder again; a file that does not parse keeps its last good version, and is reported. */
  reload(): Promise<void>;
  /** Calls back when a file changes, until `signal` aborts; a hint. */
  watch(onChange: () => void, signal: AbortSignal): void;
}

export async function loadProfiles(folder: string, onError: (error: unknown) => void): Promise<Profiles> {
  let profiles = await readAll((_file, error) => {
    throw error;
  });
  if (profiles.size === 0) throw new Error(`BOARDROOM_PROFILES: there is no profile (*.md) in ${folder}`);

  async function readAll(onBad: (file: string, error: unknown) => void): Promise<Map<string, Profile>> {
    const found = new Map<string, Profile>();
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.md')).sort()) {
      try {
        const profile = parseProfile(join(folder, file), await readFile(join(folder, file), 'utf8'));
        found.set(profile.type, profile);
      } catch (error) {
        onBad(basename(file, '.md'), error);
      }
    }
    return found;
  }

  return {
    get: (type) => profiles.get(type),
    all: () => [...profiles.values()],
    async reload() {
      const kept: Profile[] = [];
      const fresh = await readAll((type, error) => {
        onError(error);
        const last = profiles.get(type);
        if (last) kept.push(last);
      });
      for (const profile of kept) fresh.set(profile.type, profile);
      profiles = fresh;
    },
    watch(onChange, signal) {
      const watcher = watch(folder, { signal }, onChange);
      watcher.on('error', onError);
    },
  };
}

/** Front matter between two lines of three dashes, then Markdown. */
const profilePattern = /^---\r?\n(?<head>[\s\S]*?)\r?\n---\r?\n(?<prompt>[\s\S]*)$/;

function parseHead(path: string, head: string): unknown {
  try {
    return parse(head);
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

export function parseProfile(path: string, content: string): Profile {
  const type = agentTypeSchema.safeParse(basename(path, '.md'));
  if (!type.success) throw new Error(`${path}: the file name must be a role: ${z.prettifyError(type.error)}`);
  if (type.data === benchmarkCaller) throw new Error(`${path}: "${benchmarkCaller}" is whose calls benchmarks are`);
  const { head, prompt } = profilePattern.exec(content)?.groups ?? {};
  if (head === undefined || prompt === undefined)
    throw new Error(`${path}: begins with front matter between two lines of ---`);
  const parsed = profileHeadSchema.safeParse(parseHead(path, head));
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  return { ...parsed.data, type: type.data, path, prompt: prompt.trim(), hash: hashSecret(content) };
}
