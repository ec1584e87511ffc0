import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../src/contracts/errors.ts';
import type { BoardroomEvent } from '../../src/contracts/event.ts';
import { createAdmission } from '../../src/orchestrator/egress/admission.ts';
import {
  type ConnectionLimits,
  type Connections,
  createConnections,
} from '../../src/orchestrator/egress/connections.ts';
import { createEgressServer } from '../../src/orchestrator/egress/proxy.ts';
import { createWhitelistView, type WhitelistView } from '../../src/orchestrator/egress/view.ts';
import type { AgentCaller } from '../../src/orchestrator/gateway/identity.ts';
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
  readonly view: WhitelistView;
  readonly connections: Connections;
  /** `host denial`, in order. */
  readonly denied: string[];
  /** Each name that was looked up. */
  readonly looked: string[];
  /** Name → its answers, each "address" or "address,address": each time the next one, the last one for ever. */
  readonly addresses: Record<string, string[]>;
  close(): void;
}

export const whitelistEvent = (eventType: 'domain_approved' | 'domain_removed', payload: BoardroomEvent['payload']) =>
  ({ eventType, payload }) as BoardroomEvent;

const generous = { connectionsMax: 32, bytesPerDayMax: 1e9 };
const caller = { actor: { name: 'cmo', agentId: 'agt_1' }, instanceId: 'ins_1' } as AgentCaller;

export async function openEgress(
  entries: Readonly<Record<string, string>>,
  limits: Partial<ConnectionLimits> = {},
): Promise<EgressStage> {
  const connections = createConnections({ ...generous, ...limits }, () => 0);
  const view = createWhitelistView({ entries: new Map(Object.entries(entries)), onRemoved: connections.cutEntry });
  const denied: string[] = [];
  const looked: string[] = [];
  const addresses: EgressStage['addresses'] = {};
  async function resolve(host: string): Promise<readonly string[]> {
    looked.push(host);
    const answers = addresses[host] ?? ['127.0.0.1'];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return answer?.split(',') ?? [];
  }
  const proxy = createEgressServer({
    async identify(token) {
      if (token === 'good') return caller;
      throw new AppError('unauthenticated', 'unknown');
    },
    admit: createAdmission({ allowed: view.allowed, resolve, connections }),
    onAllowed: () => undefined,
    onDenied: (_attempt, { denial, host }) => void denied.push(`${host} ${denial}`),
    onError: () => undefined,
  });
  await listening(proxy);
  const close = () => {
    connections.cutAll();
    closeServer(proxy);
  };
  return { proxy, view, connections, denied, looked, addresses, close };
}
