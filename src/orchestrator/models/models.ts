import { Agent } from 'undici';
import type { SettingsReader } from '../settings/reader.ts';
import type { Accounts, CallOutcome, Payer } from './accounts.ts';
import { createCandidates } from './candidates.ts';
import { type Count, createCount } from './count.ts';
import { createEmbedding, type Embed, type EmbedTexts } from './embed.ts';
import { createGuard } from './guard.ts';
import { createPaidCall } from './paid-call.ts';
import { createPersistence, type PersistenceOptions } from './persistence.ts';
import { prices } from './price-list.ts';
import { createProviders, type ProviderAccesses } from './providers.ts';
import { createRunningCalls } from './running.ts';
import { createThink, type Think } from './think.ts';
import type { UpstreamTimes } from './upstream.ts';

/** Where this replica's agents think. */
export interface Models {
  think: Think;
  /** Answers how many tokens of input a request has. */
  count: Count;
  /** Answers an agent with vectors. */
  embed: Embed;
  /** The same for the orchestrator's own use. */
  embedTexts: EmbedTexts;
  /** Names a client may ask for. */
  list(): string[];
  /** Ends the calls of a life whose token is dead. */
  cutLife(instanceId: string): void;
  close(): Promise<void>;
}

export interface ModelsConfig extends UpstreamTimes, PersistenceOptions {
  readonly providers: ProviderAccesses;
}

interface Deps {
  readonly config: ModelsConfig;
  readonly settings: SettingsReader;
  readonly accounts: Accounts;
  /** Whether a provider may fetch this address for an agent. */
  readonly mayBeFetched: (address: string) => boolean;
  readonly onReach: (caller: Payer, what: string) => void;
  readonly monotonic: () => number;
  readonly fraction: () => number;
  readonly onCalled: (caller: Payer, provider: string, status: CallOutcome['status']) => void;
  readonly onError: (error: unknown) => void;
}

export function openModels(deps: Deps): Models {
  const { config, settings } = deps;
  const providers = createProviders(config.providers);
  const running = createRunningCalls();
  const dispatcher = new Agent({ connect: { timeout: connectMsMax } });
  const persistence = createPersistence(config, deps.fraction);
  const parts = {
    ...deps,
    guard: createGuard(deps),
    candidates: createCandidates({ settings, providers }),
    providers,
    running,
    dispatcher,
    times: config,
    persistence,
    pay: createPaidCall({ ...deps, persistence }),
  };
  return {
    think: createThink(parts),
    count: createCount(parts),
    ...createEmbedding(parts),
    list() {
      const known = [...Object.keys(prices), ...Object.keys(settings.read('llm.prices'))];
      const served = known.filter((name) => providers.has(name.slice(0, name.indexOf('/'))));
      const routes = Object.keys(settings.read('llm.routes')).filter((name) => name !== 'default');
      return ['default', 'rehearsal', ...new Set([...routes, ...served])];
    },
    cutLife: running.cutLife,
    async close() {
      running.cutAll();
      await dispatcher.destroy();
    },
  };
}

const connectMsMax = 10_000;
