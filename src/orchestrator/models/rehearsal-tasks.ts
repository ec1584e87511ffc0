import { tools } from '../../contracts/tools.ts';
import { needsMandate, tierFor, tiersIn } from './rehearsal-mandate.ts';
import type { Move } from './rehearsal-move.ts';
import { offers, type PastCall, type Situation } from './rehearsal-situation.ts';
import { rehearsed, workOf } from './rehearsal-voice.ts';

export type RehearsedTask = Situation['tasks'][number];
type TaskDecision = RehearsedTask['decisions'][number];

/** The next step of the first task that has one: what is begun comes before what is new. */
export function taskMoves(situation: Situation): readonly Move[] {
  const begun = situation.tasks.filter(({ status }) => status === 'in_progress');
  const waiting = situation.tasks.filter(({ status }) => status === 'pending');
  for (const task of [...begun, ...waiting]) {
    const moves = stepOf(situation, task);
    if (moves.length > 0) return moves;
  }
  return [];
}

function stepOf(situation: Situation, task: RehearsedTask): readonly Move[] {
  const calls = situation.past.filter(({ input }) => isAbout(input, task.id));
  if (calls.some(({ name }) => name === 'complete_task' || name === 'fail_task')) return [];
  const claim = calls.find(({ name }) => name === 'claim_task');
  if (task.status === 'pending' && !claim) return beginning(situation, task);
  if (claim?.outcome === 'refused') return [];
  return continuation(situation, { ...task, decisions: decisionsFor(task, calls) }, calls);
}

/** After one refusal (too many tasks at once, most often) no other claim is tried in this turn. */
function beginning(situation: Situation, task: RehearsedTask): Move[] {
  const refused = situation.past.some(({ name, outcome }) => name === 'claim_task' && outcome === 'refused');
  if (refused || !offers(situation, 'claim_task')) return [];
  const focus: Move = { name: 'set_focus', input: { focus: rehearsed(task.title, 200) } };
  const claim: Move = { name: 'claim_task', input: { taskId: task.id } };
  return offers(situation, 'set_focus') ? [focus, claim] : [claim];
}

function continuation(situation: Situation, task: RehearsedTask, calls: readonly PastCall[]): Move[] {
  const having = (...statuses: TaskDecision['status'][]) =>
    task.decisions.filter(({ status }) => statuses.includes(status));
  const [approved] = having('approved');
  if (approved) return [complete(situation, task, `, as decision ${approved.id} ("${approved.title}") allows`)];
  if (having('pending', 'escalated').length > 0) return [];
  const denied = having('vetoed', 'rejected', 'withdrawn');
  if (denied.length > 0) return [fail(task, denied.map(outcomeInWords).join('; '))];
  return needsMandate(task) ? mandateMoves(situation, task, calls) : [complete(situation, task, '')];
}

/** A proposal of a tier this role may not use is tried once more as a major one; then the task cannot be done. */
function mandateMoves(situation: Situation, task: RehearsedTask, calls: readonly PastCall[]): Move[] {
  const tried = calls.filter(({ name }) => name === 'propose_decision');
  const last = tried.at(-1);
  if (!offers(situation, 'propose_decision'))
    return [fail(task, 'it needs a decision, and this role may not propose one')];
  const tier = last ? 'major' : tierFor(task, tiersIn(situation.offered.get('propose_decision')));
  if (last && (tried.length > 1 || isOfTier(last.input, tier))) {
    return [fail(task, `it needs a decision, and the proposal was refused: ${last.text}`)];
  }
  return [
    { name: 'propose_decision', input: { title: task.title, description: proposalText(task), tier, taskId: task.id } },
  ];
}

const isAbout = ({ taskId }: PastCall['input'], id: string): boolean => taskId === id;
const isOfTier = ({ tier }: PastCall['input'], wanted: string): boolean => tier === wanted;

const proposalText = ({ title, description, priority, id }: RehearsedTask): string =>
  rehearsed(
    `${description === '' ? `"${title}" needs a mandate before it begins.` : description}\n\nFor task ${id}, priority ${priority}. Approval lets the task go on; a veto ends it.`,
    20_000,
  );

function complete({ role }: Situation, { id, title }: RehearsedTask, mandate: string): Move {
  const result = `"${title}" is done${mandate}. I ${workOf(role)}. This was played through; nothing outside was touched.`;
  return { name: 'complete_task', input: { taskId: id, result: rehearsed(result, 20_000) } };
}

const fail = ({ id, title }: RehearsedTask, reason: string): Move => ({
  name: 'fail_task',
  input: { taskId: id, reason: rehearsed(`"${title}" cannot go on: ${reason}`) },
});

const outcomeInWords = ({ id, status, because }: TaskDecision): string =>
  `decision ${id} was ${status}${because === '' ? '' : ` (${because})`}`;

/** The decisions the briefing shows, those the claim showed, and those proposed since. */
function decisionsFor(task: RehearsedTask, calls: readonly PastCall[]): TaskDecision[] {
  const known = new Map(task.decisions.map((decision) => [decision.id, decision]));
  for (const { name, data } of calls) {
    const claimed = name === 'claim_task' ? tools.claim_task.output.safeParse(data).data?.task.decisions : undefined;
    const proposed = name === 'propose_decision' ? tools.propose_decision.output.safeParse(data).data : undefined;
    for (const decision of claimed ?? (proposed ? [proposed.decision] : [])) known.set(decision.id, decision);
  }
  return [...known.values()];
}
