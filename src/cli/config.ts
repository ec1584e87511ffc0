import { join, resolve } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the command line takes from its environment. */
export interface CliConfig {
  /** Where the API is, unless `--url` says otherwise. */
  readonly url: string;
  /** Somebody named the address; it is not just where an orchestrator of this folder would listen. */
  readonly isUrlGiven: boolean;
  /** From `BOARDROOM_KEY`, else `BOARDROOM_ADMIN_KEY`. */
  readonly key: { readonly secret: string; readonly source: string } | undefined;
  /** Where the orchestrator keeps the admin key it has made. */
  readonly keyFile: string;
  readonly colour: boolean;
  /** All of it: `doctor` looks at what the orchestrator would read. */
  readonly environment: Environment;
}

export function readCliConfig(environment: Environment = process.env): CliConfig {
  // An empty variable is an unset one, as for the orchestrator.
  const given = (name: string) => environment[name] || undefined;
  const url = given('BOARDROOM_API_URL');
  return {
    url: url ?? ownUrl(given('ORCHESTRATOR_HOST'), given('ORCHESTRATOR_PORT')),
    isUrlGiven: url !== undefined,
    key: keyIn(given, 'BOARDROOM_KEY') ?? keyIn(given, 'BOARDROOM_ADMIN_KEY'),
    keyFile: join(resolve(given('BOARDROOM_HOME') ?? './.boardroom'), 'admin-key'),
    colour: given('NO_COLOR') === undefined && given('TERM') !== 'dumb',
    environment,
  };
}

function keyIn(given: (name: string) => string | undefined, source: string): CliConfig['key'] {
  const secret = given(source)?.trim();
  return secret === undefined ? undefined : { secret, source };
}

/** Where an orchestrator with this environment listens. One that listens everywhere is found on loopback. */
function ownUrl(host = '127.0.0.1', port = '8080'): string {
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
