import type { SettingName } from '../../src/contracts/settings.ts';
import type { Effect } from './settings-effects.ts';
import type { SettingsStage } from './settings-stage.ts';

const sonnet = 'anthropic/claude-sonnet-5-5';

/** As the CMO's program would ask; the status of the answer. */
async function ask({ models }: SettingsStage, request: object = {}): Promise<number> {
  const response = await fetch(`${models.url}/v1/messages`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      model: 'default',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'Hello?' }],
      ...request,
    }),
  });
  await response.arrayBuffer();
  return response.status;
}

const called = async (stage: SettingsStage) => {
  await ask(stage);
  const [call] = stage.models.calls;
  return call && `${call.provider}/${call.model}`;
};

export const modelEffects: Readonly<Record<SettingName & `llm.${string}`, Effect>> = {
  'llm.routing_strategy': { value: 'cheapest', shows: [sonnet, 'anthropic/claude-haiku-5-5'], look: called },
  'llm.routes': {
    value: { default: ['anthropic/claude-haiku-4-5'] },
    shows: [sonnet, 'anthropic/claude-haiku-4-5'],
    look: called,
  },
  'llm.default_model': {
    value: 'anthropic/claude-opus-4-5',
    shows: [sonnet, 'anthropic/claude-opus-4-5'],
    look: called,
  },
  'llm.enable_fallback': {
    value: true,
    shows: [503, 200],
    look(stage) {
      stage.providers.anthropic.script(...Array.from({ length: 3 }, () => ({ kind: 'status', status: 503 }) as const));
      return ask(stage, { model: sonnet });
    },
  },
  'llm.prices': {
    value: { [sonnet]: { input: 1, output: 1 } },
    // 1,000 tokens in, 200 out, in millionths of a dollar.
    shows: [4_000, 1_200],
    async look(stage) {
      await ask(stage);
      return stage.models.calls[0]?.costMicroUsd;
    },
  },
  'llm.record_prompts': {
    value: true,
    shows: [undefined, true],
    async look(stage) {
      await ask(stage);
      return stage.models.calls[0]?.prompt?.includes('Hello?');
    },
  },
  'llm.provider_tools': {
    value: true,
    shows: [403, 200],
    look: (stage) => ask(stage, { model: sonnet, tools: [{ type: 'web_search_20250305', name: 'web_search' }] }),
  },
  'llm.share_identical': {
    value: true,
    shows: [2, 1],
    async look(stage) {
      const slow = { kind: 'slow', delayMs: 300 } as const;
      stage.providers.anthropic.script(slow, slow);
      await Promise.all([ask(stage, { temperature: 0 }), ask(stage, { temperature: 0 })]);
      return stage.providers.anthropic.requests.length;
    },
  },
};
