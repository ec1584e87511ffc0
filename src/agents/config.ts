export type Environment = Readonly<Record<string, string | undefined>>;

export interface AgentConfig {
  /** Without a trailing slash. */
  readonly url: string;
  readonly token: string;
  readonly agentType: string;
  readonly model: string;
  /** The way out; undefined where there is none. */
  readonly proxy: URL | undefined;
  /** All of it, for a command to inherit. */
  readonly environment: Environment;
}

/** A sentence for the operator: the variable, what is wrong, what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads everything before anything starts, so that a wrong value is one sentence and not a strange failure later. */
export function readConfig(environment: Environment = process.env): AgentConfig {
  const { BOARDROOM_URL, BOARDROOM_TOKEN, BOARDROOM_AGENT, MODEL, HTTPS_PROXY } = environment;
  return {
    url: readUrl(BOARDROOM_URL),
    token: readToken(BOARDROOM_TOKEN),
    agentType: readAgentType(BOARDROOM_AGENT),
    model: readModel(MODEL),
    proxy: readProxy(HTTPS_PROXY),
    environment,
  };
}

function readUrl(value: string | undefined): string {
  const allowed = 'it must be an http:// or https:// address without credentials, query and fragment';
  if (!value) throw new ConfigError(`BOARDROOM_URL is not set: ${allowed}.`);
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const plain = url && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!plain || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new ConfigError(`BOARDROOM_URL is wrong: ${allowed}.`);
  }
  return url.href.replace(/\/+$/, '');
}

/** The value itself is never part of a message. */
function readToken(value: string | undefined): string {
  const allowed = 'it must be the printable text the orchestrator gave this agent, without spaces';
  if (!value) throw new ConfigError(`BOARDROOM_TOKEN is not set: ${allowed}.`);
  if (!/^[\x21-\x7e]+$/.test(value)) throw new ConfigError(`BOARDROOM_TOKEN is wrong: ${allowed}.`);
  return value;
}

function readAgentType(value: string | undefined): string {
  const allowed = 'it must be a role of 1 to 32 of a-z, 0-9 and -, beginning with a letter';
  if (!value) throw new ConfigError(`BOARDROOM_AGENT is not set: ${allowed}.`);
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(value)) throw new ConfigError(`BOARDROOM_AGENT is "${value}": ${allowed}.`);
  return value;
}

/** It holds the token: the value is never part of a message. */
function readProxy(value: string | undefined): URL | undefined {
  if (value === undefined || value === '') return undefined;
  if (!URL.canParse(value) || new URL(value).protocol !== 'http:')
    throw new ConfigError('HTTPS_PROXY is wrong: it must be an http:// address.');
  return new URL(value);
}

function readModel(value: string | undefined): string {
  if (value === undefined || value === '') return 'default';
  if (!/^[\x21-\x7e]{1,200}$/.test(value)) {
    throw new ConfigError(
      `MODEL is "${value}": it must be a model's name of at most 200 printable characters without spaces.`,
    );
  }
  return value;
}
