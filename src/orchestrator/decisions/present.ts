import type { DecisionDetail } from '../../contracts/decision.ts';
import type { DecisionBrief } from '../../contracts/tools.ts';
import { iso, isoOrNull } from '../platform/iso.ts';
import type { Queryable } from '../platform/postgres.ts';
import type { Ballot } from './rules.ts';
import { type DecisionRow, detailsOf } from './store.ts';

type Details = Awaited<ReturnType<typeof detailsOf>>;

/** Rows as the API shows them. */
export async function presentDecisions(
  db: Queryable,
  rows: readonly DecisionRow[],
): Promise<Omit<DecisionDetail, 'escalation'>[]> {
  const details = await detailsOf(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => present(row, details));
}

/** Rows as an agent sees them: with what is asked of it. */
export async function briefDecisions(
  db: Queryable,
  rows: readonly DecisionRow[],
  agentType: string,
): Promise<DecisionBrief[]> {
  const details = await detailsOf(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => {
    const { resolvedAt: _at, resolvedBy: _by, onApprove: _actions, rule: _rule, ...brief } = present(row, details);
    return { ...brief, askedOfYou: askedOf(row, details, agentType) };
  });
}

function present(row: DecisionRow, details: Details): Omit<DecisionDetail, 'escalation'> {
  const own = <T extends { decisionId: string }>(all: readonly T[]) =>
    all.filter(({ decisionId }) => decisionId === row.id);
  const votes = own(details.votes);
  return {
    id: row.id,
    title: row.title,
    description: row.description,
    rule: row.rule,
    status: row.status,
    decisionType: row.tier,
    proposedBy: row.proposedBy,
    taskId: row.taskId,
    round: row.round,
    ...boardVotes(votes.filter(({ round }) => round === row.round)),
    votes: votes.map(({ decisionId: _id, createdAt, ...vote }) => ({ ...vote, createdAt: iso(createdAt) })),
    statements: own(details.statements).flatMap(({ round, agentType, statement, createdAt }) =>
      statement === null || createdAt === null ? [] : [{ round, agentType, statement, createdAt: iso(createdAt) }],
    ),
    deadline: isoOrNull(row.deadlineAt),
    onApprove: own(details.actions).map(({ action, status, outcome, executedAt }) => ({
      action,
      status,
      outcome,
      executedAt: isoOrNull(executedAt),
    })),
    because: row.because,
    createdAt: iso(row.createdAt),
    resolvedAt: isoOrNull(row.resolvedAt),
    resolvedBy: row.resolvedBy,
  };
}

/** The CEO's and the DAO's vote in a round. */
export function boardVotes(round: readonly Ballot[]) {
  const voteOf = (voter: string) => round.find(({ voterType }) => voterType === voter)?.vote ?? null;
  return { ceoVote: voteOf('ceo'), daoVote: voteOf('dao') };
}

function askedOf(row: DecisionRow, details: Details, agentType: string): DecisionBrief['askedOfYou'] {
  if (row.status !== 'pending') return 'nothing';
  const inThisRound = ({ decisionId, round }: { decisionId: string; round: number }) =>
    decisionId === row.id && round === row.round;
  const voted = details.votes.some((vote) => inThisRound(vote) && vote.voterType === agentType);
  if (row.rule.voters.includes(agentType) && !voted) return 'vote';
  const asked = details.statements.some(
    (entry) => inThisRound(entry) && entry.agentType === agentType && entry.statement === null,
  );
  return asked ? 'statement' : 'nothing';
}
