import type { CatchUp, Job, JobTemplate } from '../../../../src/contracts/job.ts';
import type { Priority } from '../../../../src/contracts/task.ts';

/** A schedule as its form holds it: flat, whatever it does. */
export interface Draft {
  readonly id: string;
  readonly schedule: string;
  readonly timeZone: string;
  readonly description: string;
  readonly catchUp: CatchUp;
  readonly kind: 'task' | 'message';
  readonly agentType: string;
  readonly priority: Priority;
  /** Of a task. */
  readonly title: string;
  /** A task's description, or the message. */
  readonly text: string;
  /** Of a task; the form does not show it, and must not lose it. */
  readonly dueAt?: string | undefined;
}

export const emptyDraft: Draft = {
  id: '',
  schedule: '0 9 * * 1',
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  description: '',
  catchUp: 'skip',
  kind: 'task',
  agentType: '',
  priority: 'normal',
  title: '',
  text: '',
};

export function draftOf({ id, schedule, timeZone, description, catchUp, template }: Job): Draft {
  const draft = { ...emptyDraft, id, schedule, timeZone, description, catchUp };
  if (template === null) return draft;
  if ('task' in template) {
    const { title, description: text, assignTo, priority, dueAt } = template.task;
    return { ...draft, kind: 'task', title, text, agentType: assignTo, priority, dueAt };
  }
  const { agentType, message, priority } = template.message;
  return { ...draft, kind: 'message', text: message, agentType, priority };
}

export const templateOf = ({ kind, agentType, priority, title, text, dueAt }: Draft): JobTemplate =>
  kind === 'task'
    ? { task: { title, description: text, assignTo: agentType, priority, dueAt } }
    : { message: { agentType, message: text, priority } };
