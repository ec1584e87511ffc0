import type { Dispatcher } from 'undici';
import type { SettingsReader } from '../settings/reader.ts';
import type { Accounts, CallOutcome, PlannedCall, Reservation, Thinker } from './accounts.ts';
import { type Candidates, firstOf } from './candidates.ts';
import { ceilingOf } from './ceiling.ts';
import { deliver, sendWhole } from './deliver.ts';
import { UpstreamFailure } from './failure.ts';
import type { Guard } from './guard.ts';
import type { Persistence } from './persistence.ts';
import { costOf, mostOf, priceOf } from './prices.ts';
import type { ModelName, Provider } from './providers.ts';
import { question } from './question.ts';
import { rehearseAnswer } from './rehearse-answer.ts';
import { attend, type RunningCalls } from './running.ts';
import { createSharing, isDeterministic } from './sharing.ts';
import type { Thought } from './thought.ts';
import { type Answer, ask, type UpstreamTimes } from './upstream.ts';

export interface ThinkDeps {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly dispatcher: Dispatcher;
  readonly persistence: Persistence;
  readonly guard: Guard;
  readonly candidates: Candidates;
  readonly times: UpstreamTimes;
  readonly settings: SettingsReader;
  readonly accounts: Accounts;
  readonly running: RunningCalls;
  /** Milliseconds of a clock that does not jump. */
  readonly monotonic: () => number;
  readonly onCalled: (caller: Thinker, provider: string, status: CallOutcome['status']) => void;
  readonly onError: (error: unknown) => void;
}

interface ReservedCall {
  readonly thought: Thought;
  readonly provider: string;
  readonly reservation: Reservation;
}

export type Think = (thought: Thought) => Promise<void>;

/** The one road to a model: routed, reserved, asked, delivered, settled. */
export function createThink(deps: ThinkDeps): Think {
  const { providers, settings, accounts, running, monotonic, onCalled, onError } = deps;

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
    const { caller } = thought;
    const provider = providers.get(name.provider);
    // Before anything is reserved: what cannot be put into the provider's words costs nothing.
    const asked = provider && question({ provider, model: name.model, thought, signal });
    const price = priceOf(name, settings.read('llm.prices'));
    const ceiling = ceilingOf(thought.body, price);
    const planned: PlannedCall = {
      ...name,
      caller,
      ceilingMicroUsd: mostOf(ceiling, price),
      ceilingTokens: ceiling.inputTokens + ceiling.outputTokens,
    };
    const call = { thought, provider: name.provider, reservation: await accounts.reserve(planned) };
    const began = monotonic();
    let attempts = 0;
    let firstTokenMs: number | undefined;
    const outcome = (status: CallOutcome['status'], usage: CallOutcome['usage'], errorCode?: string): CallOutcome => ({
      status,
      usage,
      costMicroUsd: usage ? costOf(usage, price) : 0,
      firstTokenMs,
      durationMs: monotonic() - began,
      attempts,
      errorCode,
      ...(settings.read('llm.record_prompts') && { prompt: promptOf(thought) }),
    });
    let isUnderWay = false;
    const attempt = async (): Promise<Answer> => {
      attempts += 1;
      isUnderWay = true;
      try {
        return asked ? await ask(deps.dispatcher, asked, deps.times) : await rehearseAnswer(thought);
      } catch (error) {
        // What is cut off was being worked on; what was refused is not.
        isUnderWay = signal.aborted;
        throw error;
      }
    };
    try {
      const answer = await deps.persistence.execute(name.provider, attempt, signal);
      firstTokenMs = monotonic() - began;
      const { usage, failure, text } = await deliver({
        answer,
        from: provider?.dialect ?? 'openai',
        thought,
        ceiling,
        signal,
      });
      const status = failure ? 'failed' : 'ok';
      settle(call, outcome(signal.aborted ? 'aborted' : status, usage, failure?.code));
      return text;
    } catch (error) {
      const code = error instanceof UpstreamFailure ? error.code : 'internal';
      // Whoever leaves before the answer must not have it for nothing: the provider may have worked it out.
      const used = isUnderWay ? ceiling : undefined;
      settle(call, signal.aborted ? outcome('aborted', used, 'aborted') : outcome('failed', undefined, code));
      throw error;
    }
  }

  /** Not waited for: the answer is with the agent. What cannot be settled now runs out and counts at its ceiling. */
  function settle({ thought, provider, reservation }: ReservedCall, outcome: CallOutcome): void {
    onCalled(thought.caller, provider, outcome.status);
    thought.onOutcome?.(outcome);
    reservation.settle(outcome).catch(onError);
  }
}

const promptLengthMax = 100_000;

const promptOf = ({ body }: Thought): string => JSON.stringify(body.messages).slice(0, promptLengthMax);
