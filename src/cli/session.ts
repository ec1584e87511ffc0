import { type Client, createClient } from '../contracts/client.ts';
import type { Clock } from './clock.ts';
import type { CliConfig } from './config.ts';
import { CliError, exitCodes } from './failure.ts';
import { needKey } from './key.ts';
import type { Output } from './text/output.ts';
import { createScreen, type Screen } from './text/screen.ts';

/** What the program is started in. */
export interface Surroundings {
  readonly config: CliConfig;
  readonly out: Output;
  readonly errors: Output;
  readonly clock: Clock;
  /** Aborts with Ctrl-C, and when nobody reads the output any more. */
  readonly signal: AbortSignal;
  /** Asks the person at the terminal; undefined when there is none. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** All that comes in by the standard input. */
  readonly readInput: () => Promise<string>;
}

/** The options that every command takes. */
export interface CommonOptions {
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  readonly json?: true | undefined;
}

/** What a command works with. */
export interface Session extends Pick<Surroundings, 'clock' | 'signal' | 'ask' | 'readInput'> {
  readonly url: string;
  readonly key: string;
  readonly client: Client;
  readonly screen: Screen;
}

export async function openSession(surroundings: Surroundings, options: CommonOptions): Promise<Session> {
  const { clock, signal, ask, readInput } = surroundings;
  const { url, isUrlGiven } = addressOf(surroundings.config, options);
  const key = await needKey({ config: surroundings.config, flag: options.key, url, isUrlGiven });
  const client = createClient({ url, key, fetch: boundedFetch({ clock, signal }) });
  return { url, key, client, screen: screenFor(surroundings, options), clock, signal, ask, readInput };
}

export const screenFor = ({ out, errors, config, clock }: Surroundings, { json }: CommonOptions): Screen =>
  createScreen({ out, errors, clock, isJson: json === true, colour: config.colour });

export function addressOf(config: CliConfig, options: CommonOptions): { url: string; isUrlGiven: boolean } {
  const given = options.url ?? config.url;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== '' ||
    url.search !== '' ||
    url.hash !== ''
  )
    throw new CliError(
      exitCodes.usage,
      `"${given}" is no address of an API: expected one such as http://127.0.0.1:8080`,
    );
  return { url: url.href.replace(/\/+$/, ''), isUrlGiven: options.url !== undefined || config.isUrlGiven };
}

/** Longer than the half minute that the orchestrator waits for a runtime to confirm. */
const answerMsMax = 60_000;

/** fetch that gives up on one who does not begin to answer, and when the program is to end. */
export function boundedFetch({ clock, signal }: { clock: Clock; signal: AbortSignal }) {
  return async (url: string, init: RequestInit): Promise<Response> => {
    const late = new AbortController();
    const answered = new AbortController();
    void clock.sleep(answerMsMax, AbortSignal.any([answered.signal, signal])).then(() => {
      if (!answered.signal.aborted) late.abort(new Error(`no answer within ${answerMsMax / 1_000} s`));
    });
    const signals = [signal, late.signal, ...(init.signal ? [init.signal] : [])];
    try {
      return await fetch(url, { ...init, signal: AbortSignal.any(signals) });
    } finally {
      answered.abort();
    }
  };
}
