import type { ModelPrice } from '../../contracts/model.ts';
import type { SettingsReader } from '../settings/reader.ts';
import type { Accounts, CallOutcome, Payer, PlannedCall, Usage } from './accounts.ts';
import { UpstreamFailure } from './failure.ts';
import type { Persistence } from './persistence.ts';
import { chargedFor, costOf, mostOf } from './prices.ts';
import type { ModelName } from './providers.ts';
import type { Answer } from './upstream.ts';

interface Deps {
  readonly accounts: Accounts;
  readonly settings: SettingsReader;
  readonly persistence: Persistence;
  readonly monotonic: () => number;
  readonly onCalled: (caller: Payer, provider: string, status: CallOutcome['status']) => void;
  readonly onError: (error: unknown) => void;
}

interface Call<T> {
  readonly name: ModelName;
  readonly caller: Payer;
  readonly price: ModelPrice;
  /** The most it can use. */
  readonly ceiling: Usage;
  /** What is kept of it where prompts are recorded. */
  readonly prompt: () => string;
  readonly signal: AbortSignal;
  /** Hears how it went, whichever way. */
  readonly onOutcome?: ((outcome: CallOutcome) => void) | undefined;
  readonly attempt: () => Promise<Answer>;
  /** Does something with the answer. Rejects only while nobody has got anything of it. */
  readonly take: (answer: Answer) => Promise<Taken<T>>;
}

interface Taken<T> {
  readonly usage: Usage | undefined;
  /** It broke off in the middle. */
  readonly failure: UpstreamFailure | undefined;
  readonly value: T;
}

export type PayCall = <T>(call: Call<T>) => Promise<T>;

const promptLengthMax = 100_000;

/** One call of one model: reserved, tried while there is sense in it, settled. */
export function createPaidCall({ accounts, settings, persistence, monotonic, onCalled, onError }: Deps): PayCall {
  return async ({ name, caller, price, ceiling, prompt, signal, onOutcome, attempt, take }) => {
    const planned: PlannedCall = {
      ...name,
      caller,
      ceilingMicroUsd: mostOf(ceiling, price),
      ceilingTokens: ceiling.inputTokens + ceiling.outputTokens,
    };
    const reservation = await accounts.reserve(planned);
    const began = monotonic();
    let attempts = 0;
    let firstTokenMs: number | undefined;
    /** Not waited for: the answer is with the caller. What cannot be settled now runs out and counts at its ceiling. */
    const settle = (status: CallOutcome['status'], usage: Usage | undefined, errorCode: string | undefined): void => {
      onCalled(caller, name.provider, status);
      const outcome: CallOutcome = {
        status,
        usage,
        costMicroUsd: usage ? (chargedFor(name, usage, settings.read('llm.prices')) ?? costOf(usage, price)) : 0,
        firstTokenMs,
        durationMs: monotonic() - began,
        attempts,
        errorCode,
        ...(settings.read('llm.record_prompts') && { prompt: prompt().slice(0, promptLengthMax) }),
      };
      onOutcome?.(outcome);
      reservation.settle(outcome).catch(onError);
    };
    let isUnderWay = false;
    const attemptOnce = async (): Promise<Answer> => {
      attempts += 1;
      isUnderWay = true;
      try {
        return await attempt();
      } catch (error) {
        // What is cut off was being worked on; what was refused is not.
        isUnderWay = signal.aborted;
        throw error;
      }
    };
    try {
      const answer = await persistence.execute(name.provider, attemptOnce, signal);
      firstTokenMs = monotonic() - began;
      const { usage, failure, value } = await take(answer);
      const status = failure ? 'failed' : 'ok';
      settle(signal.aborted ? 'aborted' : status, usage, failure?.code);
      return value;
    } catch (error) {
      const code = error instanceof UpstreamFailure ? error.code : 'internal';
      // Whoever leaves before the answer must not have it for nothing: the provider may have worked it out.
      if (signal.aborted) settle('aborted', isUnderWay ? ceiling : undefined, 'aborted');
      else settle('failed', undefined, code);
      throw error;
    }
  };
}
