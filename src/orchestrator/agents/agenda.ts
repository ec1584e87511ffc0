import type { Wake, WakeReason } from '../../contracts/gateway.ts';

/** One thing that asks for an agent's attention. The same fingerprint means that nothing about it has changed. */
export interface AgendaItem {
  readonly reason: Exclude<WakeReason, 'schedule'>;
  readonly subject: string;
  readonly fingerprint: string;
}

/** How often the agent was woken for an item in its present state. */
export interface WakeAttempt {
  readonly reason: string;
  readonly subject: string;
  readonly fingerprint: string;
  readonly attempts: number;
  readonly lastAt: number;
  readonly broken: boolean;
}

export interface AgendaInput {
  readonly items: readonly AgendaItem[];
  readonly attempts: readonly WakeAttempt[];
  /** The next scheduled loop. */
  readonly scheduledAt: number;
  readonly now: number;
  readonly limits: LoopBreakerLimits;
}

export interface LoopBreakerLimits {
  /** So many wakes for the same unchanged thing, and the agent runs in circles. */
  readonly attemptsMax: number;
  /** Between the first and the second wake for the same unchanged thing; doubles from there. */
  readonly retryMs: number;
}

export interface Agenda {
  /** By reason; empty when nothing is due. */
  readonly wakes: Wake[];
  readonly due: readonly AgendaItem[];
  /** Woken for too often without a change: for these a human is called instead, once. */
  readonly stuck: readonly AgendaItem[];
}

/** A wake names at most so many subjects; the rest is found by the loop itself, or wakes the next one. */
const subjectsMax = 50;

/** What an idle agent is to be woken for now. Pure: derived from state each time, so no wake can be lost. */
export function agendaOf({ items, attempts, scheduledAt, now, limits }: AgendaInput): Agenda {
  const judged = items.map((item) => ({ item, verdict: judge(item, attempts, { now, limits }) }));
  const due = judged.filter(({ verdict }) => verdict === 'due').map(({ item }) => item);
  const stuck = judged.filter(({ verdict }) => verdict === 'stuck').map(({ item }) => item);
  const wakes = collapse(due);
  if (now >= scheduledAt) wakes.push({ reason: 'schedule', subjects: [] });
  return { wakes, due, stuck };
}

type Verdict = 'due' | 'later' | 'stuck' | 'given_up';

function judge(
  item: AgendaItem,
  attempts: readonly WakeAttempt[],
  { now, limits }: Pick<AgendaInput, 'now' | 'limits'>,
): Verdict {
  const before = attempts.find(({ reason, subject }) => reason === item.reason && subject === item.subject);
  if (before?.fingerprint !== item.fingerprint) return 'due';
  if (before.broken) return 'given_up';
  const waitMs = limits.retryMs * 2 ** (before.attempts - 1);
  // A clock set back must not put a wake off for hours: a last time that lies ahead does not count.
  if (before.lastAt <= now && now < before.lastAt + waitMs) return 'later';
  return before.attempts >= limits.attemptsMax ? 'stuck' : 'due';
}

const reasonOrder: readonly WakeReason[] = ['operator', 'decision', 'task', 'message', 'schedule'];

function collapse(due: readonly AgendaItem[]): Wake[] {
  return reasonOrder.flatMap((reason) => {
    const subjects = due.filter((item) => item.reason === reason).map(({ subject }) => subject);
    return subjects.length === 0 ? [] : [{ reason, subjects: subjects.slice(0, subjectsMax) }];
  });
}

/** Intervals vary by a tenth to either side, so that agents with the same interval do not wake in step. */
export const scheduledTime = (agent: { scheduledFrom: number; jitter: number }, intervalSeconds: number): number =>
  agent.scheduledFrom + intervalSeconds * 1_000 * (0.9 + 0.2 * agent.jitter);
