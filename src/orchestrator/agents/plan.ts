import type { AgentStatus } from '../../contracts/agent.ts';
import { type Failure, judgeFailures, type RestartPolicy } from './restart-policy.ts';

/** What the operator wants, as the reconciler needs it. */
export interface Desired {
  readonly state: 'running' | 'stopped';
  /** Why it is to be stopped. */
  readonly because: string;
  readonly specHash: string;
  readonly restart: RestartPolicy;
  /** An agent that has said nothing for longer is unresponsive. */
  readonly silenceMsMax: number;
  /** A loop that takes longer is a hang. */
  readonly turnTimeoutMs: number;
}

/** What the runtime shows of the agent's current life. */
export type Observed =
  | { readonly kind: 'absent' }
  | { readonly kind: 'exited'; readonly containerId: string }
  | {
      readonly kind: 'running';
      readonly containerId: string;
      readonly specHash: string;
      /** Since its last sign of life, on a clock that does not jump. */
      readonly silentForMs: number;
      /** How long its current loop has run; undefined between loops. */
      readonly loopForMs: number | undefined;
    };

export type Action =
  | { readonly kind: 'start' }
  | { readonly kind: 'stop'; readonly containerId: string; readonly because: string; readonly counts: boolean }
  | { readonly kind: 'remove'; readonly containerId: string };

export interface Plan {
  readonly status: AgentStatus;
  readonly because: string;
  readonly actions: readonly Action[];
  /** Look again then, though nothing happened. */
  readonly recheckAt?: number;
}

export interface PlanInput {
  readonly desired: Desired;
  readonly observed: Observed;
  /** Recorded failures since the operator last started it, newest first. */
  readonly failures: readonly Failure[];
  readonly now: number;
}

/** The whole mind of the supervisor: what is wanted, what is seen, what has been, and the time go in. No I/O, no clock. */
export function plan(input: PlanInput): Plan {
  if (input.desired.state === 'stopped') return planStopped(input);
  return input.observed.kind === 'running' ? planRunning(input, input.observed) : planStart(input);
}

function planStopped({ observed, desired: { because } }: PlanInput): Plan {
  switch (observed.kind) {
    case 'absent':
      return { status: 'stopped', because, actions: [] };
    case 'exited':
      return { status: 'stopped', because, actions: [{ kind: 'remove', containerId: observed.containerId }] };
    case 'running':
      return { status: 'stopping', because, actions: [stop(observed, because, 'asked')] };
  }
}

type Running = Extract<Observed, { kind: 'running' }>;

function planRunning({ desired, now }: PlanInput, observed: Running): Plan {
  if (observed.specHash !== desired.specHash) {
    const because = 'replaced, because its spec changed';
    return { status: 'stopping', because, actions: [stop(observed, because, 'asked')] };
  }
  const hang = hangOf(desired, observed);
  if (hang) return { status: 'unresponsive', because: hang, actions: [stop(observed, hang, 'failed')] };
  const patienceMs = Math.min(
    desired.silenceMsMax - observed.silentForMs,
    observed.loopForMs === undefined ? Number.POSITIVE_INFINITY : desired.turnTimeoutMs - observed.loopForMs,
  );
  return { status: 'running', because: 'as wanted', actions: [], recheckAt: now + Math.ceil(patienceMs) + 1 };
}

function hangOf(desired: Desired, observed: Running): string | undefined {
  if (observed.silentForMs > desired.silenceMsMax) return `no sign of life for ${seconds(observed.silentForMs)} s`;
  if (observed.loopForMs !== undefined && observed.loopForMs > desired.turnTimeoutMs) {
    return `its loop has run for ${seconds(observed.loopForMs)} s, allowed are ${seconds(desired.turnTimeoutMs)} s`;
  }
  return undefined;
}

function planStart({ desired, observed, failures, now }: PlanInput): Plan {
  const remains: Action[] = observed.kind === 'exited' ? [{ kind: 'remove', containerId: observed.containerId }] : [];
  const verdict = judgeFailures(failures, desired.restart, now);
  if (verdict.kind === 'give_up') return { status: 'failed', because: verdict.reason, actions: remains };
  if (now < verdict.notBefore) {
    return { status: 'backing_off', because: verdict.reason, actions: remains, recheckAt: verdict.notBefore };
  }
  // The new life does not wait for the old one's remains to be cleared.
  return { status: 'starting', because: verdict.reason, actions: [{ kind: 'start' }, ...remains] };
}

const stop = (observed: Running, because: string, end: 'asked' | 'failed'): Action => ({
  kind: 'stop',
  containerId: observed.containerId,
  because,
  counts: end === 'failed',
});

const seconds = (ms: number) => Math.round(ms / 1_000);
