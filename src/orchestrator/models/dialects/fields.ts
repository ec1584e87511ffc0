import type { Json } from './stream.ts';
import { Untranslatable } from './untranslatable.ts';

/** What becomes of the fields of a request that crosses over to the other dialect; any other is refused. */
interface Fields {
  /** Whose the words are and who cannot read them, for people. */
  readonly from: string;
  readonly to: string;
  readonly said: readonly string[];
  /** About how an answer is made or billed, or a wish that no model is bound by: what was asked for stays the same. */
  readonly left: readonly string[];
  /** Values, as JSON, that ask for nothing. */
  readonly usual: Readonly<Record<string, string>>;
}

export const chatFields: Fields = {
  from: 'OpenAI',
  to: 'Anthropic',
  said: [
    'model',
    'messages',
    'max_tokens',
    'max_completion_tokens',
    'stop',
    'stream',
    'stream_options',
    'temperature',
    'top_p',
    'top_k',
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'response_format',
    'user',
  ],
  left: [
    'seed',
    'frequency_penalty',
    'presence_penalty',
    'reasoning_effort',
    'verbosity',
    'prediction',
    'metadata',
    'store',
    'service_tier',
    'speed',
    'safety_identifier',
    'prompt_cache_key',
    'prompt_cache_options',
    'prompt_cache_retention',
  ],
  usual: { n: '1', top_logprobs: '0', logit_bias: '{}', modalities: '["text"]' },
};

export const messagesFields: Fields = {
  from: 'Anthropic',
  to: 'OpenAI',
  said: [
    'model',
    'messages',
    'max_tokens',
    'system',
    'stop_sequences',
    'stream',
    'temperature',
    'top_p',
    'tools',
    'tool_choice',
    'metadata',
    'output_config',
    'output_format',
  ],
  left: [
    'top_k',
    'thinking',
    'cache_control',
    'context_management',
    'diagnostics',
    'service_tier',
    'speed',
    'user_profile_id',
    'workspace_id',
  ],
  usual: {},
};

/** Throws `Untranslatable` for the first field of which neither is known: nothing is dropped in silence. */
export function refuseUnsaid(request: Json, { from, to, said, left, usual }: Fields): void {
  for (const [field, value] of Object.entries(request)) {
    if (said.includes(field) || left.includes(field) || asksNothing(value)) continue;
    if (JSON.stringify(value) === usual[field]) continue;
    throw new Untranslatable(
      field.slice(0, 80),
      `a model of ${to}'s cannot be asked for this in ${from}'s words; leave it out, or name a model that takes it`,
    );
  }
}

const asksNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === false || (Array.isArray(value) && value.length === 0);
