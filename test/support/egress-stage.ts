import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../src/contracts/errors.ts';
import type { BoardroomEvent } from '../../src/contracts/event.ts';
import type { Secret } from '../../src/contracts/secret.ts';
import { systemAddresses } from '../../src/orchestrator/egress/addresses.ts';
import { createAdmission, Denied } from '../../src/orchestrator/egress/admission.ts';
import {
  type ConnectionLimits,
  type Connections,
  createConnections,
} from '../../src/orchestrator/egress/connections.ts';
import { createFetch, type FetchDeps } from '../../src/orchestrator/egress/fetch.ts';
import { createEgressServer } from '../../src/orchestrator/egress/proxy.ts';
import { createWhitelistView, type WhitelistView } from '../../src/orchestrator/egress/view.ts';
import type { AgentCaller } from '../../src/orchestrator/gateway/identity.ts';
import { injectionFor } from '../../src/orchestrator/secrets/rules.ts';
import { makeCertificate } from './certificate.ts';

/** A service inside the house, with and without TLS. */
export interface Site {
  readonly name: string;
  /** Vouches for the name. */
  readonly certificate: string;
  readonly secure: Server;
  readonly plain: Server;
  readonly seen: { url: string | undefined; headers: IncomingHttpHeaders }[];
  close(): void;
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const listening = (server: Server, host = '127.0.0.1') =>
  new Promise<void>((resolve) => server.listen(0, host, resolve));

function closeServer(server: Server): void {
  server.closeAllConnections();
  server.close();
}

export async function openSite(name: string, answer: RequestListener, host?: string): Promise<Site> {
  const { key, cert } = await makeCertificate(name);
  const seen: Site['seen'] = [];
  const listener: RequestListener = (incoming, response) => {
    seen.push({ url: incoming.url, headers: incoming.headers });
    answer(incoming, response);
  };
  const secure = createTlsServer({ key, cert }, listener);
  const plain = createServer(listener);
  await Promise.all([listening(secure, host), listening(plain, host)]);
  return { name, certificate: cert, secure, plain, seen, close: () => [secure, plain].forEach(closeServer) };
}

/** The proxy with one agent that it knows, `cmo` with the token `good`, and a name service of the test's own. */
export interface EgressStage {
  readonly proxy: Server;
  /** What stands behind `/fetch` at the gateway. */
  readonly fetcher: Server;
  readonly view: WhitelistView;
  readonly connections: Connections;
  /** `host denial`, in order. */
  readonly denied: string[];
  /** Each name that was looked up. */
  readonly looked: string[];
  /** Name → its answers, each "address" or "address,address": each time the next one, the last one for ever. */
  readonly addresses: Record<string, string[]>;
  /** Set: answers of the name service wait for it. */
  readonly slow: { name?: { readonly service: Promise<void> } };
  close(): void;
}

export const whitelistEvent = (eventType: 'domain_approved' | 'domain_removed', payload: BoardroomEvent['payload']) =>
  ({ eventType, payload }) as BoardroomEvent;

const generous = { connectionsMax: 32, bytesPerDayMax: 1e9 };
/** What `cmo` is lent for the site's ports. */
const borrowed = ({ secure, plain }: Site): Secret[] => [
  { name: 'WIKI', domain: `wiki.test:${portOf(secure)}`, header: 'X-Key', format: 'Key {}' },
  { name: 'WIKI', domain: `wiki.test:${portOf(plain)}`, header: 'X-Key', format: 'Key {}' },
  { name: 'LOST', domain: `lost.test:${portOf(secure)}`, header: 'Authorization', format: 'Bearer {}' },
];
const secrets: Readonly<Record<string, string>> = { WIKI: 'the-secret' };

export async function openEgress(
  entries: Readonly<Record<string, string>>,
  limits: Partial<ConnectionLimits> = {},
  site?: Site,
): Promise<EgressStage> {
  const caller = {
    actor: { name: 'cmo', agentId: 'agt_1' },
    instanceId: 'ins_1',
    profile: { secrets: site ? borrowed(site) : [] },
  } as unknown as AgentCaller;
  const connections = createConnections({ ...generous, ...limits }, () => 0);
  const view = createWhitelistView({ entries: new Map(Object.entries(entries)), onRemoved: connections.cutEntry });
  const denied: string[] = [];
  const looked: string[] = [];
  const addresses: EgressStage['addresses'] = {};
  const slow: EgressStage['slow'] = {};
  async function resolve(host: string): Promise<readonly string[]> {
    looked.push(host);
    await slow.name?.service;
    const answers = addresses[host] ?? ['127.0.0.1'];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return answer?.split(',') ?? [];
  }
  const dealt: Omit<FetchDeps, 'ca'> = {
    admit: createAdmission({ allowed: view.allowed, resolve, ownAddresses: systemAddresses, connections }),
    secretsFor({ profile }, to) {
      const injection = injectionFor(profile.secrets, to, (name) => secrets[name]);
      if (injection.kind === 'missing') throw new Denied('secret_missing', to.host);
      return injection.headers;
    },
    onAllowed: () => undefined,
    onDenied: (_attempt, { denial, host }) => void denied.push(`${host} ${denial}`),
    onError: () => undefined,
  };
  const proxy = createEgressServer({
    async identify(token) {
      if (token === 'good') return caller;
      throw new AppError('unauthenticated', 'unknown');
    },
    ...dealt,
  });
  const fetcher = createServer(
    (request, response) =>
      void createFetch({ ...dealt, ...(site && { ca: site.certificate }) })(caller, request, response),
  );
  await Promise.all([listening(proxy), listening(fetcher)]);
  const close = () => {
    connections.cutAll();
    closeServer(proxy);
    closeServer(fetcher);
  };
  return { proxy, fetcher, view, connections, denied, looked, addresses, slow, close };
}
