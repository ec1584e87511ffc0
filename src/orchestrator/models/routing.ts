import type { ModelPrice, ModelRoutes, RoutingStrategy } from '../../contracts/model.ts';
import { priceOf } from './prices.ts';
import { type ModelName, splitModel } from './providers.ts';

export interface RoutingInput {
  /** As the client wrote it. */
  readonly asked: string;
  readonly role: string;
  readonly taskType: string | undefined;
  readonly strategy: RoutingStrategy;
  readonly routes: ModelRoutes;
  readonly defaultModel: string | null;
  readonly enableFallback: boolean;
  readonly prices: Readonly<Record<string, ModelPrice>>;
  /** Providers that are set up, `rehearsal` aside. */
  readonly available: ReadonlySet<string>;
}

export type Routing =
  | { readonly ok: true; readonly models: readonly ModelName[] }
  | { readonly ok: false; readonly kind: 'unknown' | 'unavailable'; readonly because: string };

const rehearsal: ModelName = { provider: 'rehearsal', model: 'rehearsal' };
/** What clients call a model when they leave the choice to us. */
export const choiceIsOurs: readonly string[] = ['default', 'auto'];

/** The models to try, in order: the first one, and the others where falling back is allowed. */
export function route(input: RoutingInput): Routing {
  const { asked, available, routes } = input;
  if (asked === 'rehearsal' || asked === 'rehearsal/rehearsal') return { ok: true, models: [rehearsal] };
  if (choiceIsOurs.includes(asked)) return choose(input);
  const listed = Object.hasOwn(routes, asked) ? routes[asked] : undefined;
  if (listed) return among(input, listed, `the route "${asked}"`);
  const named = splitModel(asked) ?? guess(asked);
  if (!named) {
    const because = `model: "${asked.slice(0, 150)}" is not there; name one as provider/model, or "default"`;
    return { ok: false, kind: 'unknown', because };
  }
  // Without a provider everything is a rehearsal, whatever model a client insists on.
  if (available.size === 0) return { ok: true, models: [rehearsal] };
  const rest = input.enableFallback ? (routes['default'] ?? []) : [];
  return among(input, [`${named.provider}/${named.model}`, ...rest], `the model "${asked}"`);
}

/** The model that is named and no other: for whoever wants to know about that very one. */
export function exactly({ asked, available }: Pick<RoutingInput, 'asked' | 'available'>): Routing {
  if (asked === 'rehearsal' || asked === 'rehearsal/rehearsal') return { ok: true, models: [rehearsal] };
  const named = splitModel(asked) ?? guess(asked);
  if (!named || named.provider === 'rehearsal')
    return {
      ok: false,
      kind: 'unknown',
      because: `"${asked.slice(0, 150)}" is not a model; name one as provider/model`,
    };
  if (available.has(named.provider)) return { ok: true, models: [named] };
  const because = `${named.provider} is not set up; set up: ${[...available].join(', ') || 'none'}`;
  return { ok: false, kind: 'unavailable', because };
}

function choose(input: RoutingInput): Routing {
  const { strategy, routes, role, taskType, defaultModel } = input;
  if (input.available.size === 0) return { ok: true, models: [rehearsal] };
  const general = [...(defaultModel === null ? [] : [defaultModel]), ...(routes['default'] ?? [])];
  const listFor = (key: string | undefined) =>
    key !== undefined && Object.hasOwn(routes, key) ? routes[key] : undefined;
  const what = `llm.routing_strategy ${strategy}`;
  switch (strategy) {
    case 'claude-only': {
      const own = listFor(role) ?? general;
      const claude = [...own, ...general].filter((name) => name.startsWith('anthropic/'));
      return among(input, claude, `${what} (set ANTHROPIC_API_KEY, or another strategy)`);
    }
    case 'agent-role':
      return among(input, listFor(role) ?? general, what);
    case 'task-type':
      return among(input, listFor(taskType) ?? general, what);
    case 'cheapest':
      return among(input, byPrice(Object.values(routes).flat(), input.prices), what);
    case 'fallback':
      return among({ ...input, enableFallback: true }, general, what);
  }
}

function among({ available, enableFallback }: RoutingInput, names: readonly string[], what: string): Routing {
  const models = [...new Set(names)]
    .flatMap((name) => splitModel(name) ?? [])
    .filter(({ provider }) => provider === 'rehearsal' || available.has(provider));
  if (models.length === 0) {
    const because = `No provider that is set up serves ${what}; set up: ${[...available].join(', ') || 'none'}`;
    return { ok: false, kind: 'unavailable', because };
  }
  return { ok: true, models: enableFallback ? models : models.slice(0, 1) };
}

/** A thinking agent reads about three tokens for each it writes. */
function byPrice(names: readonly string[], prices: RoutingInput['prices']): string[] {
  const cost = (name: string) => {
    const split = splitModel(name);
    const { input, output } = split ? priceOf(split, prices) : { input: 0, output: 0 };
    return 3 * input + output;
  };
  return [...names].sort((a, b) => cost(a) - cost(b));
}

/** Clients made for one provider name its models plainly. */
export function guess(model: string): ModelName | undefined {
  if (!/^[\x21-\x7e]{1,150}$/.test(model) || model.includes('/')) return undefined;
  if (model.startsWith('claude-')) return { provider: 'anthropic', model };
  if (/^(gpt-|chatgpt-|o\d|text-embedding-)/.test(model)) return { provider: 'openai', model };
  if (model.startsWith('gemini-')) return { provider: 'gemini', model };
  return undefined;
}
