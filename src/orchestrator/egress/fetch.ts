import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect as connectTls } from 'node:tls';
import type { AgentCaller } from '../gateway/identity.ts';
import type { Destination } from '../secrets/rules.ts';
import { type Admit, type Attempt, Denied, holdPlace, type Passage } from './admission.ts';
import { forward } from './forward.ts';
import { refusalOf } from './refusal.ts';
import { reach } from './tunnel.ts';

export interface FetchDeps {
  readonly admit: Admit;
  /** Headers that are to be sent there for this agent; throws `Denied` when one lacks its value. */
  readonly secretsFor: (caller: AgentCaller, to: Destination) => Readonly<Record<string, string>>;
  readonly onAllowed: (attempt: Attempt, passage: Passage) => void;
  readonly onDenied: (attempt: Attempt, denied: Denied) => void;
  readonly onError: (error: unknown) => void;
  /** Whom to believe besides the usual authorities. */
  readonly ca?: string;
}

/** `request.url` is `/<host>/<path>`: asked for over HTTPS by us, under the same rules as a tunnel. */
export type Fetch = (caller: AgentCaller, request: IncomingMessage, response: ServerResponse) => Promise<void>;

const times = { connectMsMax: 10_000, idleMsMax: 120_000 };

/** What a tunnel cannot do: TLS ends here, so that a secret can be put into the request. */
export function createFetch({ admit, secretsFor, onAllowed, onDenied, onError, ca }: FetchDeps): Fetch {
  return async (caller, request, response) => {
    const target = `https:/${request.url ?? '/'}`;
    let attempt: Attempt = { caller, authority: target, url: target };
    try {
      if (!URL.canParse(target)) throw new Denied('bad_target', target.slice(0, 253));
      const url = new URL(target);
      attempt = { caller, authority: `${url.hostname}:${url.port || '443'}`, url: url.origin };
      const passage = await admit(attempt, () => response.destroy());
      holdPlace(response, passage);
      const own = secretsFor(caller, { scheme: 'https', ...passage.target });
      const connect = async () => {
        const socket = await reach(passage, times);
        const secure = connectTls({ socket, servername: passage.target.host, ...(ca !== undefined && { ca }) });
        try {
          await once(secure, 'secureConnect', { signal: AbortSignal.timeout(times.connectMsMax) });
        } catch (error) {
          secure.destroy();
          throw error;
        }
        return secure;
      };
      onAllowed(attempt, passage);
      await forward({ request, response, url, passage, connect, headers: { ...withoutToken, ...own } });
    } catch (error) {
      if (error instanceof Denied) onDenied(attempt, error);
      else onError(error);
      if (response.headersSent || response.destroyed) return void response.destroy();
      const { status, sentence, headers } = refusalOf(error);
      response.writeHead(status, headers).end(sentence);
      request.resume();
    }
  };
}

/** By these the agent is known to us; nobody else is to see them. */
const withoutToken = { authorization: undefined, 'x-api-key': undefined };
