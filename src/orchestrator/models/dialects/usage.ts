import type { Usage } from '../accounts.ts';
import type { Dialect } from '../providers.ts';
import { countOf, isJson, type Json, listOf, recordOf, type SseEvent, textOf } from './stream.ts';

export const nothingUsed: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

/** OpenAI counts what it read from its cache into the prompt; here each token is one thing only. */
export function usageOfCompletion({ usage }: { readonly usage?: unknown }): Usage | undefined {
  if (!isJson(usage)) return undefined;
  const cached = countOf(recordOf(usage['prompt_tokens_details'])['cached_tokens']);
  return {
    inputTokens: Math.max(0, countOf(usage['prompt_tokens']) - cached),
    outputTokens: countOf(usage['completion_tokens']),
    cacheReadTokens: cached,
    cacheWriteTokens: 0,
  };
}

export function usageOfMessage({ usage }: { readonly usage?: unknown }): Usage | undefined {
  if (!isJson(usage)) return undefined;
  const hour = countOf(recordOf(usage['cache_creation'])['ephemeral_1h_input_tokens']);
  return {
    inputTokens: countOf(usage['input_tokens']),
    outputTokens: countOf(usage['output_tokens']),
    cacheReadTokens: countOf(usage['cache_read_input_tokens']),
    cacheWriteTokens: countOf(usage['cache_creation_input_tokens']),
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
    textLength: () => Math.max(0, length),
  };
}

const emptyDelta = '{"content":""}'.length;
const stated = (usage: Json): Json => Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null));
