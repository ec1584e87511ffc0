import type { ToolOutput } from '../contracts/tools.ts';
import type { Briefing } from './briefing.ts';
import type { WakeFrame } from './frames.ts';

type Task = ToolOutput<'list_tasks'>['tasks'][number];

/** Whether this loop deserves a model call. One that only the schedule woke, with nothing to do, does not. */
export function isWorthThinking({ wakes, initiative }: WakeFrame, { inbox, decisions, tasks }: Briefing): boolean {
  return (
    initiative ||
    wakes.some(({ reason }) => reason !== 'schedule') ||
    inbox.messages.length > 0 ||
    decisions.decisions.some(({ askedOfYou }) => askedOfYou !== 'nothing') ||
    tasks.tasks.some(canMoveOn)
  );
}

/** A task in progress whose decision is still open can only wait. */
const canMoveOn = ({ status, decisions }: Task): boolean =>
  status === 'pending' ||
  (status === 'in_progress' &&
    !decisions.some((decision) => decision.status === 'pending' || decision.status === 'escalated'));
