import type { RestartPlan } from '../../contracts/agent.ts';

/** Decides whether a dead agent comes back, and when. Pure: the past and the time go in, a verdict with its reason comes out. */
export interface RestartPolicy {
  /** So many failures within the window, and it is given up. */
  readonly failuresMax: number;
  readonly windowMs: number;
  readonly backoffMs: number;
  readonly backoffMsMax: number;
  /** An agent that lived this long has earned a fresh start. */
  readonly healthyAfterMs: number;
}

export const defaultRestartPolicy: RestartPolicy = {
  failuresMax: 5,
  windowMs: 600_000,
  backoffMs: 1_000,
  backoffMsMax: 60_000,
  healthyAfterMs: 60_000,
};

export const restartPolicyOf = ({ restartBackoffMs }: { readonly restartBackoffMs: number }): RestartPolicy => ({
  ...defaultRestartPolicy,
  backoffMs: restartBackoffMs,
});

/** One failure: an exit that nobody asked for. */
export interface Failure {
  readonly at: number;
  readonly ranForMs: number;
}

export type RestartVerdict =
  | { readonly kind: 'restart'; readonly notBefore: number; readonly reason: string }
  | { readonly kind: 'give_up'; readonly reason: string };

/** `failures` are newest first; none is a first start. The first restart is at once, then back-off doubles. */
export function judgeFailures(failures: readonly Failure[], policy: RestartPolicy, now: number): RestartVerdict {
  const [latest] = failures;
  if (!latest) return { kind: 'restart', notBefore: now, reason: 'not started yet' };

  const count = countFailures(failures, policy);
  if (count >= policy.failuresMax) {
    return { kind: 'give_up', reason: `${count} failures within ${policy.windowMs / 60_000} min` };
  }
  const delayMs = count === 1 ? 0 : Math.min(policy.backoffMs * 2 ** (count - 2), policy.backoffMsMax);
  // A failure that lies ahead of now: the clock was set back. How long ago it was cannot be known, and a wait of
  // seconds must not become one of hours; the count still holds.
  const notBefore = latest.at > now ? now : latest.at + delayMs;
  return { kind: 'restart', notBefore, reason: `attempt ${count} of ${policy.failuresMax - 1}` };
}

/** Those that count: since the last healthy life, and within the window of the latest. */
function countFailures(failures: readonly Failure[], policy: RestartPolicy): number {
  const since = (failures[0]?.at ?? 0) - policy.windowMs;
  return streak(failures, policy).filter(({ at }) => at > since).length;
}

interface Life {
  readonly policy: RestartPolicy;
  readonly now: number;
  /** Undefined: it does not run. */
  readonly aliveSince: number | undefined;
}

/** The same judgement for people to read: of the restart that waits, or, while it lives, of the one that an end now would bring. */
export function restartPlanOf(failures: readonly Failure[], { policy, now, aliveSince }: Life): RestartPlan {
  const end = aliveSince === undefined ? [] : [{ at: now, ranForMs: Math.max(0, now - aliveSince) }];
  const past = [...end, ...failures];
  const verdict = judgeFailures(past, policy, now);
  const attempt = countFailures(past, policy);
  const last = past[0]?.at ?? now;
  return {
    failures: attempt - end.length,
    failuresMax: policy.failuresMax,
    windowSeconds: policy.windowMs / 1_000,
    healthyAfterSeconds: policy.healthyAfterMs / 1_000,
    next:
      verdict.kind === 'give_up'
        ? null
        : { attempt, attemptsMax: policy.failuresMax - 1, delayMs: verdict.notBefore - Math.min(last, now) },
  };
}

/** Back to the last healthy life, its own end included. */
function streak(failures: readonly Failure[], policy: RestartPolicy): readonly Failure[] {
  const healthy = failures.findIndex(({ ranForMs }) => ranForMs >= policy.healthyAfterMs);
  return healthy === -1 ? failures : failures.slice(0, healthy + 1);
}
