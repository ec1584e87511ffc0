import type { ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import type { AgentCaller } from '../gateway/identity.ts';
import { type Candidates, firstOf } from './candidates.ts';
import { inputCeilingOf } from './ceiling.ts';
import { sendWhole } from './deliver.ts';
import type { CountRequest } from './dialects/messages.ts';
import { UpstreamFailure } from './failure.ts';
import type { Guard } from './guard.ts';
import type { Persistence } from './persistence.ts';
import type { ModelName, Provider } from './providers.ts';
import { headersFor } from './question.ts';
import { attend, type RunningCalls } from './running.ts';
import { ask, type UpstreamTimes } from './upstream.ts';

/** How long a request is, an agent wants to know before it makes it. */
export interface Counting {
  readonly caller: AgentCaller;
  readonly taskType: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly response: ServerResponse;
  readonly body: CountRequest;
}

interface Deps {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly dispatcher: Dispatcher;
  readonly persistence: Persistence;
  readonly guard: Guard;
  readonly candidates: Candidates;
  readonly times: UpstreamTimes;
  readonly running: RunningCalls;
}

const countSchema = z.object({ input_tokens: z.number().int().min(0) });

export type Count = (counting: Counting) => Promise<void>;

/**
 * Asked for under the rules of a call, of the model that a call would reach. It costs nothing, so no budget hears of it;
 * that there are not too many is the gateway's rate.
 */
export function createCount(deps: Deps): Count {
  return async (counting) => {
    deps.guard(counting);
    const models = deps.candidates(counting);
    const { caller, response } = counting;
    await attend({ running: deps.running, instanceId: caller.instanceId, response }, async (signal) => {
      const tokens = await firstOf(models, (model) => tokensOf(model, counting, signal), signal);
      sendWhole(response, JSON.stringify({ input_tokens: tokens }));
    });
  };

  /** Only Anthropic counts for others; elsewhere it is what would be reserved, which is rather too much than too little. */
  async function tokensOf(
    { provider: name, model }: ModelName,
    { body, headers: given }: Counting,
    signal: AbortSignal,
  ): Promise<number> {
    const provider = deps.providers.get(name);
    if (provider?.dialect !== 'anthropic') return inputCeilingOf(body);
    const question = {
      provider: { ...provider, url: `${provider.url}/count_tokens` },
      body: { ...body, model },
      headers: headersFor(provider, given),
      isStream: false,
      signal,
    };
    const answer = await deps.persistence.execute(name, () => ask(deps.dispatcher, question, deps.times), signal);
    const counted = countSchema.safeParse(answer.kind === 'whole' ? answer.json : undefined);
    if (counted.success) return counted.data.input_tokens;
    const what = `${name} answered with what is no count`;
    throw new UpstreamFailure('elsewhere', 'malformed', what, { cause: counted.error });
  }
}
