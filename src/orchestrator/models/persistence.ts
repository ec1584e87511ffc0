import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhen,
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

/** Retries with jittered back-off or the provider's own word, and a breaker for each provider. */
export function createPersistence({ retryMs, restMs }: PersistenceOptions, fraction: () => number): Persistence {
  const policies = new Map<string, IPolicy>();

  function policyOf(provider: string): IPolicy {
    const known = policies.get(provider);
    if (known) return known;
    const backoff = new DelegateBackoff<IRetryBackoffContext<unknown>>(({ attempt, result }) => {
      const error = 'error' in result ? result.error : undefined;
      const asked = error instanceof UpstreamFailure ? error.retryAfterMs : undefined;
      return asked ?? retryMs * 2 ** (attempt - 1) * (0.5 + fraction());
    });
    const breaking = circuitBreaker(handleWhen(isBroken), {
      halfOpenAfter: restMs,
      breaker: new ConsecutiveBreaker(failuresMax),
    });
    // A wait that nobody waits for any more keeps no process alive.
    const retrying = retry(handleWhen(isWorthAnother), { maxAttempts: retriesMax, backoff }).dangerouslyUnref();
    const policy = wrap(retrying, breaking);
    policies.set(provider, policy);
    return policy;
  }

  return {
    async execute(provider, attempt, signal) {
      try {
        return await unlessAborted(policyOf(provider).execute(attempt, signal), signal);
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
        throw new UpstreamFailure(
          'elsewhere',
          'resting',
          `${provider} failed again and again and is left alone for a while`,
          {
            retryAfterMs: restMs,
          },
        );
      }
    },
  };
}

/** The library looks at the signal between its waits, not during them. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const cut = () => reject(signal.reason);
    if (signal.aborted) cut();
    signal.addEventListener('abort', cut, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', cut));
  });
}
