import type { Dispatcher } from 'undici';
import type { SettingsReader } from '../settings/reader.ts';
import { type Candidates, firstOf } from './candidates.ts';
import { ceilingOf } from './ceiling.ts';
import { deliver, sendWhole } from './deliver.ts';
import type { Guard } from './guard.ts';
import type { PayCall } from './paid-call.ts';
import { priceOf } from './prices.ts';
import type { ModelName, Provider } from './providers.ts';
import { question } from './question.ts';
import { rehearseAnswer } from './rehearse-answer.ts';
import { attend, type RunningCalls } from './running.ts';
import { createSharing, isDeterministic } from './sharing.ts';
import type { Thought } from './thought.ts';
import { ask, type UpstreamTimes } from './upstream.ts';

export interface ThinkDeps {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly dispatcher: Dispatcher;
  readonly guard: Guard;
  readonly candidates: Candidates;
  readonly times: UpstreamTimes;
  readonly settings: SettingsReader;
  readonly pay: PayCall;
  readonly running: RunningCalls;
}

export type Think = (thought: Thought) => Promise<void>;

/** The one road to a model: routed, reserved, asked, delivered, settled. */
export function createThink(deps: ThinkDeps): Think {
  const { providers, settings, pay, running } = deps;

  const sharing = createSharing();
  return async (thought) => {
    deps.guard(thought);
    const models = deps.candidates(thought);
    const { caller, response } = thought;
    await attend({ running, instanceId: caller.instanceId, response }, async (signal) => {
      const ask = () => firstOf(models, (model) => one(model, thought, signal), signal);
      if (!settings.read('llm.share_identical') || !isDeterministic(thought)) return void (await ask());
      const answer = await sharing.share({ thought, models, ask, signal });
      if (answer !== undefined) sendWhole(response, answer);
    });
  };

  async function one(name: ModelName, thought: Thought, signal: AbortSignal): Promise<string | undefined> {
    const provider = providers.get(name.provider);
    // Before anything is reserved: what cannot be put into the provider's words costs nothing.
    const asked = provider && question({ provider, model: name.model, thought, signal });
    const price = priceOf(name, settings.read('llm.prices'));
    const ceiling = ceilingOf(thought.body, price);
    return pay({
      name,
      caller: thought.caller,
      price,
      ceiling,
      prompt: () => JSON.stringify(thought.body.messages),
      signal,
      onOutcome: thought.onOutcome,
      attempt: () => (asked ? ask(deps.dispatcher, asked, deps.times) : rehearseAnswer(thought)),
      async take(answer) {
        const from = provider?.dialect ?? 'openai';
        const { text, ...used } = await deliver({ answer, from, thought, ceiling, signal });
        return { ...used, value: text };
      },
    });
  }
}
