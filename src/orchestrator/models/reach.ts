import { type Json, listOf, textOf } from './dialects/stream.ts';

/** What a request wants besides an answer to its words. */
export type Reach =
  /** Something runs at the provider, and goes from there wherever it likes. */
  | { readonly kind: 'runs'; readonly what: string }
  /** The provider fetches this: as good as a request of the agent's own, with whatever it writes into the address. */
  | { readonly kind: 'fetches'; readonly url: string }
  /** The price of the model is not what such a call costs. */
  | { readonly kind: 'costs'; readonly what: string };

/** Fields by which providers search, run code, or call servers that the request names. */
const running = [
  'mcp_servers',
  'container',
  'web_search_options',
  'search_parameters',
  'plugins',
  'extra_body',
  'google',
] as const;
/** Tools that the client runs: its own, and those of which Anthropic merely wrote the schema. */
const clientTool = /^(function|custom|(bash|text_editor|computer|memory)_\d{8})$/;
/** Models that search before they answer. */
const searchingModel = /:online\b|-search-(preview|api)\b|\/sonar|deep-research/;
/** Otherwise a call is made at another price than the model's. */
const usualPrice: Readonly<Record<string, readonly unknown[]>> = {
  service_tier: [null, 'auto', 'default', 'standard', 'standard_only', 'flex'],
  speed: [null, 'standard'],
  inference_geo: [null, 'global'],
};

/** In either dialect: whichever provider gets the request in the end, it must not do more than answer. */
export function reachOf(body: Json): readonly Reach[] {
  const runs = [
    ...running.filter((field) => isAsked(body[field])),
    ...listOf(body['tools'])
      .map(({ type }) => textOf(type ?? 'custom'))
      .filter((type) => !clientTool.test(type))
      .map((type) => `tool ${type.slice(0, 80)}`),
    ...(searchingModel.test(textOf(body['model'])) ? [`model ${textOf(body['model']).slice(0, 150)}`] : []),
  ];
  const costs = [
    ...['models', 'fallbacks'].filter((field) => isAsked(body[field])),
    ...Object.entries(usualPrice).flatMap(([field, usual]) => (usual.includes(body[field] ?? null) ? [] : [field])),
  ];
  return [
    ...runs.map((what): Reach => ({ kind: 'runs', what })),
    ...[...new Set(listOf(body['messages']).flatMap(({ content }) => urlsOf(content)))].map(
      (url): Reach => ({ kind: 'fetches', url }),
    ),
    ...costs.map((what): Reach => ({ kind: 'costs', what })),
  ];
}

const isAsked = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0);

/** Parts that are words to the model, whatever stands in them. */
const words: readonly unknown[] = [
  'text',
  'input_text',
  'output_text',
  'tool_use',
  'thinking',
  'refusal',
  'search_result',
];

function urlsOf(content: unknown): string[] {
  return listOf(content).flatMap((part) => {
    if (part['type'] === 'tool_result') return urlsOf(part['content']);
    return words.includes(part['type']) ? [] : addressesIn(part);
  });
}

/** Any string that has a scheme; `data:` carries what it names. */
function addressesIn(value: unknown): string[] {
  if (typeof value === 'string') return /^\s*(?!data:)[a-z][a-z0-9+.-]*:/i.test(value) ? [value.trim()] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (titles.includes(key) ? [] : addressesIn(inner)));
}

/** Words about a part. */
const titles: readonly string[] = ['title', 'context', 'filename', 'text'];
