import type { Move } from './rehearsal-move.ts';
import { offers, type Situation } from './rehearsal-situation.ts';
import { voteOn } from './rehearsal-stance.ts';
import { taskMoves } from './rehearsal-tasks.ts';
import { type Matter, rehearsed, statementOn, voteReason } from './rehearsal-voice.ts';

/** What to do next, all of which can be done at once; nothing when the turn is over. */
export function nextMoves(situation: Situation): readonly Move[] {
  const memos = memoMoves(situation);
  if (memos.length > 0) return memos;
  const words = [...voteMoves(situation), ...statementMoves(situation)];
  if (words.length > 0) return words;
  const work = taskMoves(situation);
  return work.length > 0 ? work : focusMoves(situation);
}

/** What a human says is kept: it may matter in a later loop. */
function memoMoves(situation: Situation): Move[] {
  const { messages, notes } = situation;
  return messages
    .filter(({ from }) => from.startsWith('operator:'))
    .map(({ id, from, body }) => ({
      name: 'remember' as const,
      input: { key: `message ${id}`, note: rehearsed(`${from} wrote: ${body}`, 8_000) },
    }))
    .filter(({ input }) => !notes.some(({ key }) => key === input.key))
    .filter((move) => offers(situation, move.name) && !isDone(situation, move, 'key'));
}

function voteMoves(situation: Situation): Move[] {
  return asked(situation, 'vote')
    .map((matter) => {
      const vote = voteOn({ ...matter, riskTolerance: situation.riskTolerance });
      return { name: 'vote' as const, input: { decisionId: matter.id, vote, reason: voteReason(vote, matter) } };
    })
    .filter((move) => offers(situation, move.name) && !isDone(situation, move, 'decisionId'));
}

function statementMoves(situation: Situation): Move[] {
  return asked(situation, 'statement')
    .map((matter) => ({
      name: 'give_statement' as const,
      input: { decisionId: matter.id, statement: statementOn(matter) },
    }))
    .filter((move) => offers(situation, move.name) && !isDone(situation, move, 'decisionId'));
}

/** On its own initiative the rehearsal only says what it is at. */
function focusMoves(situation: Situation): Move[] {
  const move = {
    name: 'set_focus' as const,
    input: { focus: rehearsed('Keeping the course; nothing asks for action', 200) },
  };
  const fitting = situation.initiative && situation.past.length === 0 && offers(situation, 'set_focus');
  return fitting ? [move] : [];
}

function asked({ decisions, role }: Situation, what: 'vote' | 'statement'): (Matter & { readonly id: string })[] {
  return decisions
    .filter(({ askedOfYou }) => askedOfYou === what)
    .map(({ id, title, description, decisionType, round, statements }) => ({
      id,
      role,
      title,
      description,
      tier: decisionType,
      round,
      statements,
    }));
}

/** Tried before in this turn; a refusal counts, since asking again would change nothing. */
const isDone = ({ past }: Situation, { name, input }: Move, key: string): boolean =>
  past.some((call) => call.name === name && call.input[key] === input[key]);
