import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhen,
  type IHalfOpenAfterBackoffContext,
  type IPolicy,
  type IRetryBackoffContext,
  retry,
  wrap,
} from 'cockatiel';
import { UpstreamFailure } from './failure.ts';

export interface Persistence {
  /** Tries while there is sense in it. Rejects as soon as `signal` aborts, also between two attempts. */
  execute<T>(provider: string, attempt: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export interface PersistenceOptions {
  /** The wait before the second attempt, about; doubled before the third. */
  readonly retryMs: number;
  /** How long a provider that failed again and again is left alone. */
  readonly restMs: number;
}

const retriesMax = 2;
const failuresMax = 5;

const isWorthAnother = (error: Error) => error instanceof UpstreamFailure && error.remedy === 'again';
/** A provider that asks for fewer calls is well. */
const isBroken = (error: Error) => isWorthAnother(error) && (error as UpstreamFailure).code !== 'status_429';

/** The one call that a resting provider was to be tried with ended before it told anything. */
class AbandonedTrial extends Error {
  override readonly name = 'AbandonedTrial';
}

interface Policies {
  readonly breaking: CircuitBreakerPolicy;
  readonly both: IPolicy;
}

/** Retries with jittered back-off or the provider's own word, and a breaker for each provider. */
export function createPersistence({ retryMs, restMs }: PersistenceOptions, fraction: () => number): Persistence {
  const policies = new Map<string, Policies>();

  function policiesOf(provider: string): Policies {
    const known = policies.get(provider);
    if (known) return known;
    const backoff = new DelegateBackoff<IRetryBackoffContext<unknown>>(({ attempt, result }) => {
      const error = 'error' in result ? result.error : undefined;
      const asked = error instanceof UpstreamFailure ? error.retryAfterMs : undefined;
      return asked ?? retryMs * 2 ** (attempt - 1) * (0.5 + fraction());
    });
    const rest = new DelegateBackoff<IHalfOpenAfterBackoffContext>(({ result }) =>
      'error' in result && result.error instanceof AbandonedTrial ? 0 : restMs,
    );
    const breaking = circuitBreaker(
      handleWhen((error) => isBroken(error) || error instanceof AbandonedTrial),
      { halfOpenAfter: rest, breaker: new ConsecutiveBreaker(failuresMax) },
    );
    // A wait that nobody waits for any more keeps no process alive.
    const retrying = retry(handleWhen(isWorthAnother), { maxAttempts: retriesMax, backoff }).dangerouslyUnref();
    const made = { breaking, both: wrap(retrying, breaking) };
    policies.set(provider, made);
    return made;
  }

  return {
    async execute(provider, attempt, signal) {
      const { breaking, both } = policiesOf(provider);
      const tried = async () => {
        const isTrial = breaking.state !== CircuitState.Closed;
        try {
          return await attempt();
        } catch (error) {
          // Taken for an answer it would open the door to all, taken for a failure it would keep the provider resting: the next is the trial.
          throw isTrial && signal.aborted ? new AbandonedTrial('left in the middle', { cause: error }) : error;
        }
      };
      try {
        return await unlessAborted(both.execute(tried, signal), signal);
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
        const what = `${provider} failed again and again and is left alone for a while`;
        throw new UpstreamFailure('elsewhere', 'resting', what, { retryAfterMs: restMs });
      }
    },
  };
}

/** Rejects at once where the work, or a library, looks at the signal only now and then. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const cut = () => reject(signal.reason);
    if (signal.aborted) cut();
    signal.addEventListener('abort', cut, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', cut));
  });
}
