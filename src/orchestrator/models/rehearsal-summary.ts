import type { PastCall, Situation } from './rehearsal-situation.ts';
import { rehearsed } from './rehearsal-voice.ts';

/** The words that end a turn: what was done, what was refused, what is waited for, what was said to us. */
export function summaryOf(situation: Situation): string {
  const lines = [
    ...situation.past.flatMap((call) => deedOf(situation, call)),
    ...waitingLines(situation),
    ...messageLines(situation),
    ...situation.unreadable.map((heading) => `The section "${heading}" could not be read.`),
  ];
  return rehearsed(lines.length > 0 ? lines.join(' ') : 'Nothing asked for an action.', 4_000);
}

function deedOf(situation: Situation, call: PastCall): string[] {
  const { vote } = call.input;
  const subject = nameOf(situation, call);
  if (call.outcome === 'refused') return [`${call.name} for ${subject} was refused: ${call.text.slice(0, 200)}.`];
  switch (call.name) {
    case 'vote':
      return [`Voted ${String(vote)} on ${subject}.`];
    case 'give_statement':
      return [`Gave a statement on ${subject}.`];
    case 'propose_decision':
      return [`Proposed a decision for ${subject}; it waits for the board.`];
    case 'complete_task':
      return [`Completed ${subject}.`];
    case 'fail_task':
      return [`Gave up ${subject}.`];
    default:
      return [];
  }
}

function nameOf({ tasks, decisions }: Situation, { input }: PastCall): string {
  const { taskId, decisionId } = input;
  const id = taskId ?? decisionId;
  const title = [...tasks, ...decisions].find((subject) => subject.id === id)?.title;
  return title === undefined ? 'it' : `"${title}"`;
}

function waitingLines({ tasks }: Situation): string[] {
  return tasks
    .filter(({ status }) => status === 'in_progress')
    .flatMap(({ title, decisions }) => {
      if (decisions.some(({ status }) => status === 'approved')) return [];
      const open = decisions.find(({ status }) => status === 'pending' || status === 'escalated');
      return open ? [`"${title}" waits for decision ${open.id} (${open.status}).`] : [];
    });
}

function messageLines({ messages }: Situation): string[] {
  const fromPeople = messages.filter(({ from }) => from.startsWith('operator:'));
  const others = messages.length - fromPeople.length;
  return [
    ...fromPeople.map(({ from, body }) => `Noted from ${from}: "${body.slice(0, 200).toWellFormed()}".`),
    ...(others > 0 ? [`Read ${others} other message${others === 1 ? '' : 's'}.`] : []),
  ];
}
