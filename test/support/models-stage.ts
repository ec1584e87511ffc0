import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import pino from 'pino';
import type { JsonValue } from '../../src/contracts/primitives.ts';
import type { AgentCaller } from '../../src/orchestrator/gateway/identity.ts';
import { createLlmRouter } from '../../src/orchestrator/gateway/llm.ts';
import { sendLlmRefusal } from '../../src/orchestrator/gateway/llm-errors.ts';
import { createProblemHandler } from '../../src/orchestrator/http/problem.ts';
import type { Accounts, CallOutcome, PlannedCall } from '../../src/orchestrator/models/accounts.ts';
import { type Models, type ModelsConfig, openModels } from '../../src/orchestrator/models/models.ts';
import { createSettingsReader } from '../../src/orchestrator/settings/reader.ts';

/** The models' endpoints for one known agent, with books that the test reads. */
export interface ModelsStage {
  /** What stands in front of `/v1`. */
  readonly url: string;
  readonly models: Models;
  /** In the order in which they were settled. */
  readonly calls: readonly (PlannedCall & CallOutcome)[];
  /** Setting by name. */
  readonly settings: Map<string, JsonValue>;
  /** How often a call has begun to wait before another attempt. */
  readonly waits: number;
  /** Requests that have come in. */
  readonly arrived: number;
  /** What was asked of providers that they may not do, by whom. */
  readonly reached: readonly string[];
  close(): Promise<void>;
}

export const thinker = { actor: { name: 'cmo', agentId: 'agt_1' }, instanceId: 'ins_1' } as AgentCaller;

const quick = { firstByteMs: 1_000, idleMs: 1_000, retryMs: 5, restMs: 60_000 };

export async function openModelsStage(
  providers: ModelsConfig['providers'],
  { accounts, ...times }: Partial<Omit<ModelsConfig, 'providers'>> & { accounts?: Accounts } = {},
): Promise<ModelsStage> {
  const calls: (PlannedCall & CallOutcome)[] = [];
  const settings = new Map<string, JsonValue>();
  const reached: string[] = [];
  let waits = 0;
  let arrived = 0;
  const books: Accounts = accounts ?? {
    reserve: async (planned) => ({ settle: async (outcome) => void calls.push({ ...planned, ...outcome }) }),
  };
  const models = openModels({
    config: { ...quick, ...times, providers },
    settings: createSettingsReader((category, key) => settings.get(`${category}.${key}`)),
    accounts: books,
    monotonic: () => performance.now(),
    fraction() {
      waits += 1;
      return 0.5;
    },
    mayBeFetched: (address) => address.startsWith('https://listed.test/'),
    onReach: ({ actor }, what) => void reached.push(`${actor.name} ${what}`),
    onCalled: () => undefined,
    onError: () => undefined,
  });
  const app = express();
  app.use((request, response, next) => {
    // Another life of the same agent, where a test needs two.
    response.locals['agent'] = { ...thinker, instanceId: request.get('x-test-life') ?? thinker.instanceId };
    next();
  });
  app.use('/llm', express.json({ limit: '8mb' }));
  app.use((_request, _response, next) => {
    arrived += 1;
    next();
  });
  app.use('/llm', createLlmRouter(models));
  app.use(createProblemHandler(pino({ level: 'silent' }), sendLlmRefusal));
  const server = createServer(app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/llm`,
    models,
    calls,
    settings,
    reached,
    get waits() {
      return waits;
    },
    get arrived() {
      return arrived;
    },
    async close() {
      await models.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
