import type { Server } from 'node:http';
import express, { type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { AppError } from '../../contracts/errors.ts';
import { gatewayPaths } from '../../contracts/gateway.ts';
import type { GatewayAddress } from '../agents/runtime.ts';
import type { Fetch } from '../egress/fetch.ts';
import { createProblemHandler } from '../http/problem.ts';
import type { Models } from '../models/models.ts';
import type { Clock } from '../platform/clock.ts';
import type { Allowances } from './allowances.ts';
import type { DoorBounds } from './door.ts';
import { type AgentCaller, type AgentIdentity, recentMs } from './identity.ts';
import { type Excess, type GatewayLimits, sharedBy } from './limits.ts';
import { createLlmRouter } from './llm.ts';
import { sendLlmRefusal } from './llm-errors.ts';
import type { Neighbours } from './neighbours.ts';

interface AppDeps {
  readonly identity: AgentIdentity;
  readonly allowances: Allowances;
  readonly neighbours: Neighbours;
  readonly mcp: RequestHandler;
  readonly models: Models;
  readonly fetch: Fetch;
  readonly log: Logger;
}

const toolBytesMax = 256 * 1024;
const chatBytesMax = 8 * 1024 * 1024;

/** The agents' side, apart from the operators' API: who has no live token gets no further than this. */
export function createGatewayApp({ identity, allowances, neighbours, mcp, models, fetch, log }: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(async (request, response, next) => {
    response.locals['agent'] = await identity.identify(
      // Anthropic's clients have a header of their own for it.
      request.headers.authorization ?? asBearer(request.get('x-api-key')),
      neighbours.agentAt(request.socket.remoteAddress),
      request.path.startsWith(`${gatewayPaths.llm}/`) ? recentMs : 0,
    );
    next();
  });
  app.use((request, response, next) => {
    const caller = response.locals['agent'] as AgentCaller;
    // A body that does not say how long it is counts as the longest there may be.
    const { 'content-length': length, 'transfer-encoding': chunked } = request.headers;
    const end = allowances.of(caller).beginCall(chunked === undefined ? Number(length ?? 0) : chatBytesMax);
    response.once('close', () => void Promise.resolve(response.locals['work']).then(end));
    next();
  });
  app.post(gatewayPaths.tools, express.json({ limit: toolBytesMax }), oneMessage, mcp);
  // Stateless: there is no stream to listen on and no session to end.
  app.all(gatewayPaths.tools, (_request, response) => {
    response
      .status(405)
      .set('Allow', 'POST')
      .json({ jsonrpc: '2.0', error: { code: -32000, message: 'Use POST' }, id: null });
  });
  app.use(gatewayPaths.llm, express.json({ limit: chatBytesMax }), createLlmRouter(models));
  app.use(gatewayPaths.fetch, (request, response) => fetch(response.locals['agent'] as AgentCaller, request, response));
  app.use((request) => {
    throw new AppError(
      'not_found',
      `There is no ${request.method} ${request.path} here; operators' routes are elsewhere`,
    );
  });
  // Also for what goes wrong before the router: whoever calls there reads nothing else.
  app.use(gatewayPaths.llm, createProblemHandler(log, sendLlmRefusal));
  app.use(createProblemHandler(log));
  return app;
}

const asBearer = (token: string | undefined) => (token === undefined ? undefined : `Bearer ${token}`);

/** The protocol has given up batches; here they would be a hundred calls at the price of one. */
const oneMessage: RequestHandler = (request, _response, next) => {
  if (!Array.isArray(request.body)) return next();
  throw new AppError('invalid_request', 'Send one message a request: batches are not taken');
};

/** What agents find behind a port of ours, made for each address at which they can reach us. */
export interface Door {
  readonly name: string;
  readonly port: number;
  open(bounds: DoorBounds): Server;
}

/** One listener of each door for each address at which agents can reach us: never all interfaces. */
export interface GatewayListeners {
  /** Idempotent. An address that another replica still holds is tried again until it is free. */
  listenFor(agentType: string, address: GatewayAddress): void;
  close(): Promise<void>;
}

interface ListenerDeps {
  readonly doors: readonly Door[];
  readonly neighbours: Neighbours;
  readonly limits: GatewayLimits;
  readonly onExcess: (agentType: string, excess: Excess) => void;
  readonly onStray: (agentType: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

const retryMs = 1_000;
/** Local processes all call at the loopback: no wall stands between them, so one bound for all is all there can be. */
const agentsSharingMax = 1_000;

export function createGatewayListeners(deps: ListenerDeps): GatewayListeners {
  const { doors, neighbours, limits, onExcess, onStray, clock, log } = deps;
  const servers = new Map<Door, Map<string, Server>>(doors.map((door) => [door, new Map()]));
  /** Whose gateway an address is; none for one that all share. */
  const owners = new Map<string, string>();
  const stopping = new AbortController();

  /** From a host, agents reach all its addresses: they are not to take the places, or spend the measure, of each other. */
  function isWelcome(host: string, from: string | undefined): boolean {
    const [owner, caller] = [owners.get(host), neighbours.agentAt(from)];
    if (owner === undefined || owner === caller) return true;
    if (caller !== undefined) onStray(caller);
    return false;
  }

  function open(door: Door, host: string): void {
    const { name, port } = door;
    const server = door.open({
      limits: owners.has(host) ? limits : sharedBy(agentsSharingMax, limits),
      isWelcome: (from) => isWelcome(host, from),
      clock,
      onExcess(excess) {
        const owner = owners.get(host);
        if (owner === undefined) log.debug({ host, excess }, 'the local agents flood the gateway');
        else onExcess(owner, excess);
      },
    });
    server.on('error', (error) => void retry(door, host, error));
    server.listen(port, host, () => log.info({ host, port }, `${name} listens`));
    servers.get(door)?.set(host, server);
  }

  /** The network is not up yet, or another replica on this host still lives. */
  async function retry(door: Door, host: string, error: Error): Promise<void> {
    const { name, port } = door;
    log.warn({ host, port, reason: error.message }, `${name} cannot listen yet`);
    await clock.sleep(retryMs, stopping.signal);
    if (!stopping.signal.aborted) open(door, host);
  }

  return {
    listenFor(agentType, { listenHost, network }) {
      if (network !== undefined) {
        neighbours.know(agentType, network);
        owners.set(listenHost, agentType);
      }
      for (const [door, hosts] of servers) if (!hosts.has(listenHost)) open(door, listenHost);
    },
    async close() {
      stopping.abort();
      const listening = [...servers.values()]
        .flatMap((hosts) => [...hosts.values()])
        .filter((server) => server.listening);
      await Promise.all(
        listening.map((server) => {
          const closed = new Promise<void>((resolve) => server.close(() => resolve()));
          server.closeAllConnections();
          return closed;
        }),
      );
    },
  };
}
