import { AppError } from '../../contracts/errors.ts';
import type { SettingsReader } from '../settings/reader.ts';
import type { Payer } from './accounts.ts';
import { UpstreamFailure } from './failure.ts';
import type { ModelName, Provider } from './providers.ts';
import { exactly, type RoutingInput, route } from './routing.ts';

interface Wanted {
  readonly caller: Payer;
  readonly taskType: string | undefined;
  readonly isExact?: boolean;
  readonly body: { readonly model: string };
}

interface Deps {
  readonly settings: SettingsReader;
  readonly providers: ReadonlyMap<string, Provider>;
}

/** The models to try for what an agent wants, in order. Throws `model_not_found` or `model_unavailable` where there is none. */
export type Candidates = (wanted: Wanted) => readonly ModelName[];

export function createCandidates({ settings, providers }: Deps): Candidates {
  return ({ caller, body, taskType, isExact = false }) => {
    const input: RoutingInput = {
      asked: body.model,
      role: caller.actor.name,
      taskType,
      strategy: settings.read('llm.routing_strategy'),
      routes: settings.read('llm.routes'),
      defaultModel: settings.read('llm.default_model'),
      enableFallback: settings.read('llm.enable_fallback'),
      prices: settings.read('llm.prices'),
      available: new Set(providers.keys()),
    };
    const routing = isExact ? exactly(input) : route(input);
    if (routing.ok) return routing.models;
    throw new AppError(routing.kind === 'unknown' ? 'model_not_found' : 'model_unavailable', routing.because);
  };
}

/** The first answer; the next model is asked only where another may help. */
export async function firstOf<T>(
  models: readonly ModelName[],
  one: (model: ModelName) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  let last: UpstreamFailure | undefined;
  for (const model of models) {
    try {
      return await one(model);
    } catch (error) {
      if (!(error instanceof UpstreamFailure) || error.remedy === 'no' || signal.aborted) throw error;
      last = error;
    }
  }
  throw last ?? new Error('there was no model to try');
}
