import { createServer, type Server } from 'node:http';
import express, { type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { AppError } from '../../contracts/errors.ts';
import { gatewayPaths } from '../../contracts/gateway.ts';
import { createProblemHandler } from '../http/problem.ts';
import type { Clock } from '../platform/clock.ts';
import { chatCompletions, listModels } from './chat.ts';
import type { AgentIdentity } from './identity.ts';
import type { AgentSockets } from './socket.ts';

interface AppDeps {
  readonly identity: AgentIdentity;
  readonly mcp: RequestHandler;
  readonly log: Logger;
}

/** The agents' side, apart from the operators' API: who has no live token gets no further than this. */
export function createGatewayApp({ identity, mcp, log }: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(async (request, response, next) => {
    response.locals['agent'] = await identity.identify(request.headers.authorization);
    next();
  });
  app.post(gatewayPaths.tools, express.json({ limit: '256kb' }), mcp);
  // Stateless: there is no stream to listen on and no session to end.
  app.all(gatewayPaths.tools, (_request, response) => {
    response
      .status(405)
      .set('Allow', 'POST')
      .json({ jsonrpc: '2.0', error: { code: -32000, message: 'Use POST' }, id: null });
  });
  app.post(gatewayPaths.chatCompletions, express.json({ limit: '8mb' }), chatCompletions);
  app.get(gatewayPaths.models, listModels);
  app.use((request) => {
    throw new AppError(
      'not_found',
      `There is no ${request.method} ${request.path} here; operators' routes are elsewhere`,
    );
  });
  app.use(createProblemHandler(log));
  return app;
}

/** One listener for each address at which agents can reach us: never all interfaces. */
export interface GatewayListeners {
  /** Idempotent. An address that another replica still holds is tried again until it is free. */
  listenOn(host: string): void;
  close(): Promise<void>;
}

interface ListenerDeps {
  readonly app: Express;
  readonly sockets: AgentSockets;
  readonly port: number;
  readonly clock: Clock;
  readonly log: Logger;
}

const retryMs = 1_000;

export function createGatewayListeners({ app, sockets, port, clock, log }: ListenerDeps): GatewayListeners {
  const servers = new Map<string, Server>();
  const stopping = new AbortController();

  function open(host: string): void {
    const server = createServer(app);
    server.on('upgrade', sockets.upgrade);
    server.on('error', (error) => void retry(host, error));
    server.listen(port, host, () => log.info({ host, port }, 'gateway listens'));
    servers.set(host, server);
  }

  /** The network is not up yet, or another replica on this host still lives. */
  async function retry(host: string, error: Error): Promise<void> {
    log.warn({ host, port, reason: error.message }, 'gateway cannot listen yet');
    await clock.sleep(retryMs, stopping.signal);
    if (!stopping.signal.aborted) open(host);
  }

  return {
    listenOn(host) {
      if (!servers.has(host)) open(host);
    },
    async close() {
      stopping.abort();
      sockets.close();
      const open = [...servers.values()].filter(({ listening }) => listening);
      await Promise.all(
        open.map((server) => {
          const closed = new Promise<void>((resolve) => server.close(() => resolve()));
          server.closeAllConnections();
          return closed;
        }),
      );
    },
  };
}
