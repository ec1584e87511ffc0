import { stat } from 'node:fs/promises';
import { type Config, ConfigError, readConfig } from '../../orchestrator/config.ts';
import type { Environment } from '../config.ts';
import type { FoundKey } from '../key.ts';
import { type Finding, fail, ok, warn } from './check.ts';

const nodeMin = [20, 19] as const;

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isGood = major > nodeMin[0] || (major === nodeMin[0] && minor >= nodeMin[1]);
  if (isGood) return ok('node', `Node.js ${version}`);
  return fail('node', `Node.js ${version} is too old`, `Install Node.js ${nodeMin.join('.')} or newer.`);
}

/** The orchestrator's configuration, or what is wrong with it. */
export function checkConfig(environment: Environment): { finding: Finding; config: Config | undefined } {
  try {
    const config = readConfig(environment);
    return { finding: ok('configuration', 'every variable has an allowed value'), config };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const mend = 'Correct or unset it; the README lists what is allowed.';
    return { finding: fail('configuration', error.message, mend), config: undefined };
  }
}

/** Before the first start nobody has made a key yet. */
export async function checkKey(key: FoundKey | undefined, keyFile: string, isUp: boolean): Promise<Finding> {
  if (key === undefined) {
    const detail = `no --key, no BOARDROOM_KEY, and ${keyFile} is not there`;
    if (!isUp) return warn('key', detail, 'The first npm start makes one.');
    return fail(
      'key',
      detail,
      'Set BOARDROOM_KEY, or run this where the orchestrator was started, or set BOARDROOM_HOME.',
    );
  }
  const isOpen = key.source === keyFile && ((await stat(keyFile)).mode & 0o077) !== 0;
  if (isOpen) return warn('key', `others on this machine can read ${keyFile}`, `chmod 600 ${keyFile}`);
  return ok('key', `from ${key.source}`);
}

export function checkProviders({ models }: Pick<Config, 'models'>): Finding {
  const names = Object.keys(models.providers);
  if (names.length > 0) return ok('models', `set up: ${names.join(', ')}`);
  const detail = 'no provider is set up: agents think with the rehearsal';
  return warn(
    'models',
    detail,
    'Set ANTHROPIC_API_KEY or that of another provider, or OLLAMA_BASE_URL, before the start.',
  );
}
