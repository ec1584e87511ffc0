/** What a provider speaks. Most have taken OpenAI's chat completions for a common tongue. */
export type Dialect = 'openai' | 'anthropic';

export const providerNames = ['anthropic', 'openai', 'openrouter', 'gemini', 'ollama', 'custom', 'rehearsal'] as const;
export type ProviderName = (typeof providerNames)[number];

/** Where a provider is reached. Its key never leaves this process but to that address. */
export interface Provider {
  readonly name: ProviderName;
  readonly dialect: Dialect;
  /** The endpoint. */
  readonly url: string;
  /** Where texts become vectors; undefined where that is not offered. */
  readonly embeddingsUrl: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** As the environment gives it: a provider with neither key nor address is not there. */
export interface ProviderAccess {
  readonly baseUrl: string;
  readonly key: string | undefined;
}
export type ProviderAccesses = Readonly<Partial<Record<Exclude<ProviderName, 'rehearsal'>, ProviderAccess>>>;

export function createProviders(accesses: ProviderAccesses): ReadonlyMap<string, Provider> {
  const providers = new Map<string, Provider>();
  for (const name of providerNames) {
    const access = name === 'rehearsal' ? undefined : accesses[name];
    if (name !== 'rehearsal' && access) providers.set(name, providerOf(name, access));
  }
  return providers;
}

function providerOf(name: ProviderName, { baseUrl, key }: ProviderAccess): Provider {
  const base = baseUrl.replace(/\/+$/, '');
  if (name === 'anthropic') {
    const headers = { 'x-api-key': key ?? '' };
    return { name, dialect: 'anthropic', url: `${base}/v1/messages`, embeddingsUrl: undefined, headers };
  }
  const version = name === 'ollama' ? `${base}/v1` : base;
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return {
    name,
    dialect: 'openai',
    url: `${version}/chat/completions`,
    embeddingsUrl: `${version}/embeddings`,
    headers,
  };
}

/** `anthropic/claude-sonnet-5-5`: the provider, and the model as the provider calls it. */
export interface ModelName {
  readonly provider: string;
  readonly model: string;
}

export function splitModel(name: string): ModelName | undefined {
  const slash = name.indexOf('/');
  const provider = name.slice(0, slash);
  if (slash < 1 || slash === name.length - 1 || !providerNames.some((known) => known === provider)) return undefined;
  return { provider, model: name.slice(slash + 1) };
}
