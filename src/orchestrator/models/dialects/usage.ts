import type { Usage } from '../accounts.ts';
import type { Dialect } from '../providers.ts';
import { countOf, isJson, type Json, listOf, recordOf, type SseEvent, textOf } from './stream.ts';

export const nothingUsed: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

const isCount = (value: unknown): boolean => typeof value === 'number' && value >= 0;

/** OpenAI counts what it read from its cache, and wrote to it, into the prompt; here each token is one thing only. */
export function usageOfCompletion({ usage }: { readonly usage?: unknown }): Usage | undefined {
  // What cannot be read was not told: it is not nothing.
  if (!isJson(usage) || !isCount(usage['prompt_tokens'])) return undefined;
  const { completion_tokens: said, total_tokens: total } = usage;
  if (!isCount(said) && !isCount(total)) return undefined;
  const prompt = countOf(usage['prompt_tokens']);
  const { cached_tokens: read, cache_write_tokens: written } = recordOf(usage['prompt_tokens_details']);
  return {
    inputTokens: Math.max(0, prompt - countOf(read) - countOf(written)),
    // Gemini's thoughts are in the total alone, and billed as output.
    outputTokens: Math.max(countOf(said), countOf(total) - prompt),
    cacheReadTokens: countOf(read),
    cacheWriteTokens: countOf(written),
    ...chargedBy(usage),
  };
}

/** OpenRouter tells it in dollars; with a key of the operator's own that is its fee, and the provider behind it charges too. */
export function chargedBy({ cost, is_byok: isOwnKey, cost_details: details }: Json): Pick<Usage, 'chargedMicroUsd'> {
  const behind = isOwnKey === true ? recordOf(details)['upstream_inference_cost'] : 0;
  if (!isCount(cost) || !isCount(behind)) return {};
  const nanoUsd = Math.round((Number(cost) + Number(behind)) * 1e9);
  return Number.isSafeInteger(nanoUsd) ? { chargedMicroUsd: Math.ceil(nanoUsd / 1_000) } : {};
}

/** Steps on the way to an answer that Anthropic bills beside the answer's own totals. */
const besides: readonly unknown[] = ['compaction', 'advisor_message'];

export function usageOfMessage({ usage }: { readonly usage?: unknown }): Usage | undefined {
  if (!isJson(usage) || !isCount(usage['input_tokens']) || !isCount(usage['output_tokens'])) return undefined;
  const steps = [usage, ...listOf(usage['iterations']).filter(({ type }) => besides.includes(type))];
  const sum = (count: (step: Json) => unknown): number => steps.reduce((all, step) => all + countOf(count(step)), 0);
  const hour = sum((step) => recordOf(step['cache_creation'])['ephemeral_1h_input_tokens']);
  return {
    inputTokens: sum((step) => step['input_tokens']),
    outputTokens: sum((step) => step['output_tokens']),
    cacheReadTokens: sum((step) => step['cache_read_input_tokens']),
    cacheWriteTokens: sum((step) => step['cache_creation_input_tokens']),
    ...(hour > 0 && { cacheWriteHourTokens: hour }),
  };
}

export const toChatUsage = ({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }: Usage) => {
  const prompt = inputTokens + cacheReadTokens + cacheWriteTokens;
  return {
    prompt_tokens: prompt,
    completion_tokens: outputTokens,
    total_tokens: prompt + outputTokens,
    prompt_tokens_details: { cached_tokens: cacheReadTokens },
  };
};

export const toMessageUsage = ({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }: Usage) => ({
  input_tokens: inputTokens,
  output_tokens: outputTokens,
  cache_read_input_tokens: cacheReadTokens,
  cache_creation_input_tokens: cacheWriteTokens,
});

/** Listens to a provider's stream for what it says it has used. */
export interface UsageTap {
  push(event: SseEvent): void;
  /** Undefined while the provider has not said it to the end. */
  usage(): Usage | undefined;
  /** What it said at the beginning, where it does: its input is known before its output. */
  begun(): Usage | undefined;
  /** Characters of the answer so far: all there is to go by when a stream is cut. */
  textLength(): number;
}

export function createUsageTap(dialect: Dialect): UsageTap {
  let begun: Json = {};
  let told: Usage | undefined;
  let length = 0;

  function hearMessage(event: Json): void {
    if (event['type'] === 'message_start') begun = stated(recordOf(recordOf(event['message'])['usage']));
    const delta = recordOf(event['delta']);
    length += textOf(delta['text']).length + textOf(delta['partial_json']).length + textOf(delta['thinking']).length;
    if (event['type'] !== 'message_delta' || !isJson(event['usage'])) return;
    // Cumulative; older versions repeat the output alone.
    const { usage } = event;
    told = usageOfMessage({ usage: { ...begun, ...stated(usage) } });
  }

  function hearChunk(chunk: Json): void {
    told = usageOfCompletion(chunk) ?? told;
    for (const { delta } of listOf(chunk['choices'])) length += JSON.stringify(recordOf(delta)).length - emptyDelta;
  }

  return {
    push({ data }) {
      let event: unknown;
      try {
        event = JSON.parse(data);
      } catch {
        // `[DONE]`, or what the translator refuses.
        return;
      }
      if (!isJson(event)) return;
      if (dialect === 'anthropic') hearMessage(event);
      else hearChunk(event);
    },
    usage: () => told,
    begun: () => usageOfMessage({ usage: begun }),
    textLength: () => Math.max(0, length),
  };
}

const emptyDelta = '{"content":""}'.length;
const stated = (usage: Json): Json => Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null));
