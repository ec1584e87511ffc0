import type { ModelPrice, Rates } from '../../contracts/model.ts';
import type { Usage } from './accounts.ts';
import { prices } from './price-list.ts';
import type { ModelName } from './providers.ts';

/** Models of one's own machines, and of subscriptions: their calls are counted and cost nothing. */
const unmetered: readonly string[] = ['ollama', 'custom', 'rehearsal'];
const free: ModelPrice = { input: 0, output: 0, maxOutput: 32_768 };

type Prices = Readonly<Record<string, ModelPrice>>;
type Whole = Readonly<Record<'input' | 'output' | 'cacheRead' | 'cacheWrite' | 'cacheWriteHour', number>>;

/** What no price is told for costs as much as any other input. */
const wholeOf = ({
  input,
  output,
  cacheRead = input,
  cacheWrite = input,
  cacheWriteHour = cacheWrite,
}: Rates): Whole => ({ input, output, cacheRead, cacheWrite, cacheWriteHour });

/** A dated name (`claude-haiku-4-5-20251001`) has its family's price. What nobody has priced is not free: it costs as much as the dearest. */
export function priceOf({ provider, model }: ModelName, own: Prices = {}): ModelPrice {
  const table = { ...prices, ...own };
  const name = `${provider}/${model}`;
  const known = table[name] ?? table[name.replace(/[-@]\d{4}-?\d{2}-?\d{2}$/, '')];
  if (known) return known;
  if (unmetered.includes(provider)) return free;
  const all = Object.values(table);
  const tiers = all.flatMap((price) => [price, ...(price.above ? [price.above] : [])]).map(wholeOf);
  const dearest = (part: keyof Whole) => Math.max(...tiers.map((tier) => tier[part]));
  return {
    input: dearest('input'),
    output: dearest('output'),
    cacheRead: dearest('cacheRead'),
    cacheWrite: dearest('cacheWrite'),
    cacheWriteHour: dearest('cacheWriteHour'),
    maxOutput: Math.max(...all.map(({ maxOutput }) => maxOutput)),
  };
}

/** What a call with so much input is billed at, from its first token on. */
const ratesFor = (price: ModelPrice, { inputTokens, cacheReadTokens, cacheWriteTokens }: Usage): Rates =>
  price.above && inputTokens + cacheReadTokens + cacheWriteTokens > price.above.inputTokens ? price.above : price;

const parts = 1_000_000;

/** In millionths of a dollar, rounded up; USD for a million tokens is millionths of a dollar for one. */
function costAt(usage: Usage, rates: Rates): number {
  const { input, output, cacheRead, cacheWrite, cacheWriteHour } = wholeOf(rates);
  const exact = (tokens: number, perToken: number) => tokens * Math.round(perToken * parts);
  const hour = Math.min(usage.cacheWriteHourTokens ?? 0, usage.cacheWriteTokens);
  const total =
    exact(usage.inputTokens, input) +
    exact(usage.outputTokens, output) +
    exact(usage.cacheReadTokens, cacheRead) +
    exact(usage.cacheWriteTokens - hour, cacheWrite) +
    exact(hour, cacheWriteHour);
  return Math.ceil(total / parts);
}

export const costOf = (usage: Usage, price: ModelPrice): number => costAt(usage, ratesFor(price, usage));

/** Only OpenRouter tells what it charges; an operator who has a price of his own for the model knows better. */
export const chargedFor = ({ provider, model }: ModelName, usage: Usage, own: Prices): number | undefined =>
  provider === 'openrouter' && !Object.hasOwn(own, `${provider}/${model}`) ? usage.chargedMicroUsd : undefined;

/** The most that so much can cost: providers charge extra for input that they are told to keep, and for a lot of it. */
export function mostOf(ceiling: Usage, price: ModelPrice): number {
  const tiers = [price, ratesFor(price, ceiling)].map(wholeOf);
  const dearestInput = ({ input, cacheRead, cacheWrite, cacheWriteHour }: Whole) =>
    Math.max(input, cacheRead, cacheWrite, cacheWriteHour);
  return Math.max(...tiers.map((tier) => costAt(ceiling, { ...tier, input: dearestInput(tier) })));
}
