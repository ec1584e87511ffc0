import {
  type Answer,
  type CallArguments,
  CallError,
  createClient,
  type JsonRouteName,
} from '../../../src/contracts/client.ts';

/** The orchestrator that served this page; the session cookie says who calls. */
export const client = createClient({ url: '', fetch: (url, init) => fetch(url, init) });

/** For callers that name no route themselves: `input` is what this one takes, which a generic name cannot say. */
export const callRoute = <N extends JsonRouteName>(name: N, input: object | undefined): Promise<Answer<N>> =>
  client.call(name, ...([input] as unknown as CallArguments<N>));

export const isSignedOut = (error: unknown): boolean => error instanceof CallError && error.code === 'unauthenticated';

/** It may go better without anybody doing anything: nobody answered, or not yet. */
export const mayPass = (error: unknown): boolean =>
  error instanceof CallError && (error.code === 'unreachable' || error.status === 503);
