import { CallError, createClient } from '../../../src/contracts/client.ts';

/** The orchestrator that served this page; the session cookie says who calls. */
export const client = createClient({ url: '', fetch: (url, init) => fetch(url, init) });

export const isSignedOut = (error: unknown): boolean => error instanceof CallError && error.code === 'unauthenticated';

/** It may go better without anybody doing anything: nobody answered, or not yet. */
export const mayPass = (error: unknown): boolean =>
  error instanceof CallError && (error.code === 'unreachable' || error.status === 503);
