import type { DecisionAction, DecisionDetail, DecisionStatus, Vote } from '../../contracts/decision.ts';
import { AppError } from '../../contracts/errors.ts';
import type { Tier } from '../../contracts/policy.ts';
import type { DecisionBrief } from '../../contracts/tools.ts';
import type { EscalationService } from '../escalations/service.ts';
import { type Actor, system, type UnitOfWork, type Work } from '../events/work.ts';
import type { InboxService } from '../inbox/service.ts';
import type { Chance } from '../platform/identity.ts';
import { iso, isoOrNull } from '../platform/iso.ts';
import type { Postgres, Queryable } from '../platform/postgres.ts';
import type { SettingsService } from '../settings/service.ts';
import { briefDecisions, presentDecisions } from './present.ts';
import { named, type Resolver } from './resolve.ts';
import { checkRound, isFinal, tally, tallyAtDeadline, tierOf } from './rules.ts';
import {
  ballotsOf,
  type DecisionRow,
  decisionsFor,
  decisionsOfTasks,
  findDecision,
  findStatement,
  insertActions,
  insertDecision,
  insertVote,
  listDecisions,
  lockDecision,
  overdueDecisions,
  saveStatement,
} from './store.ts';

export type DecisionService = ReturnType<typeof createDecisionService>;

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly settings: SettingsService;
  readonly inbox: InboxService;
  readonly escalations: EscalationService;
  readonly resolver: Resolver;
  readonly chance: Chance;
  readonly isAgent: (name: string) => boolean;
}

export interface ProposalInput {
  readonly title: string;
  readonly description: string;
  readonly tier: Tier;
  readonly taskId?: string | undefined;
  readonly onApprove: readonly DecisionAction[];
}

export interface VoteInput {
  readonly decisionId: string;
  readonly voterType: string;
  readonly vote: Vote;
  readonly reason: string;
  /** Unset: whichever is open. */
  readonly round?: number | undefined;
}

export function createDecisionService(deps: Deps) {
  const { postgres, unitOfWork, settings, inbox, escalations, resolver, chance, isAgent } = deps;

  async function propose(work: Work, actor: Actor, input: ProposalInput): Promise<string> {
    for (const action of input.onApprove) checkAction(action);
    const policy = await settings.read(work.tx, 'decisions.policy');
    const tier = tierOf({ ...input, proposedBy: actor.name }, policy);
    const rule = policy.tiers[tier];
    const row: DecisionRow = {
      id: chance.id('dec'),
      title: input.title,
      description: input.description,
      tier,
      rule,
      status: 'pending',
      because: 'proposed',
      proposedBy: actor.name,
      taskId: input.taskId ?? null,
      round: 1,
      roundStartedAt: work.now,
      deadlineAt: rule.deadline === null ? null : work.now + rule.deadline * 1_000,
      resolvedAt: null,
      resolvedBy: null,
      createdAt: work.now,
    };
    await insertDecision(work.tx, row);
    await insertActions(
      work.tx,
      input.onApprove.map((action, position) => ({
        decisionId: row.id,
        position,
        action,
        status: 'waiting',
        outcome: null,
        executedAt: null,
      })),
    );
    work.append(actor, 'decision_proposed', {
      ...named(row),
      decisionType: tier,
      proposedBy: actor.name,
      voters: rule.voters,
      deadline: isoOrNull(row.deadlineAt),
    });
    for (const to of rule.informed.filter((type) => type !== actor.name && isAgent(type))) {
      const body = `For your information: ${actor.name} decided "${row.title}"`;
      await inbox.send(work, system, { to, body, priority: 'low', data: { decisionId: row.id } });
    }
    await resolver.apply(work, row, await count(work, row, tally));
    return row.id;
  }

  /** What approval will set in motion must make sense now already: the proposer can still mend it. */
  function checkAction(action: DecisionAction): void {
    const agentType =
      action.kind === 'create_task' ? action.task.assignTo : 'agentType' in action ? action.agentType : undefined;
    if (agentType !== undefined && !isAgent(agentType))
      throw new AppError('agent_not_found', `There is no agent "${agentType}"`);
    if (action.kind === 'change_setting') settings.check(action);
  }

  async function count(work: Work, row: DecisionRow, rule: typeof tally) {
    const roundsMax = await settings.read(work.tx, 'decisions.max_rounds');
    return rule({ rule: row.rule, round: row.round, roundsMax, ballots: await ballotsOf(work.tx, row.id, row.round) });
  }

  async function locked(work: Work, id: string): Promise<DecisionRow> {
    const row = await lockDecision(work.tx, id);
    if (!row) throw new AppError('decision_not_found', `There is no decision ${id}`);
    return row;
  }

  /** Settles what is overdue, under the row's lock. True when it was. */
  async function expire(work: Work, row: DecisionRow): Promise<boolean> {
    if (!isOverdue(row, work.now)) return false;
    await resolver.apply(work, row, await count(work, row, tallyAtDeadline));
    return true;
  }

  /** Refuses words on what is decided; from its deadline on a decision belongs to the sweep alone. */
  async function openForVotes(work: Work, id: string): Promise<DecisionRow> {
    const row = await locked(work, id);
    if (row.status === 'escalated')
      throw new AppError('decision_escalated', `"${row.title}" waits for a human: ${row.because}`);
    if (isFinal(row.status)) throw closed(row);
    if (isOverdue(row, work.now)) throw new AppError('decision_closed', `The deadline of "${row.title}" has passed`);
    return row;
  }

  async function vote(work: Work, actor: Actor, input: VoteInput): Promise<void> {
    const row = await openForVotes(work, input.decisionId);
    if (!row.rule.voters.includes(input.voterType)) {
      const voters = row.rule.voters.join(', ') || 'nobody';
      throw new AppError(
        'not_allowed',
        `"${input.voterType}" has no vote on this ${row.tier} decision; voters: ${voters}`,
      );
    }
    checkRound(row, input.round);
    const { voterType, reason } = input;
    const cast = { decisionId: row.id, round: row.round, voterType, vote: input.vote, reason };
    if (!(await insertVote(work.tx, { ...cast, castBy: actor.name, createdAt: work.now }))) {
      throw new AppError(
        'vote_already_cast',
        `${voterType} has voted in round ${row.round}; a vote cannot be taken back`,
      );
    }
    work.append(actor, 'decision_voted', { ...named(row), voterType, vote: input.vote, reason, round: row.round });
    await resolver.apply(work, row, await count(work, row, tally));
  }

  async function giveStatement(
    work: Work,
    agent: Actor,
    input: { decisionId: string; statement: string },
  ): Promise<void> {
    const row = await openForVotes(work, input.decisionId);
    const asked = await findStatement(work.tx, { decisionId: row.id, round: row.round, agentType: agent.name });
    if (!asked)
      throw new AppError('statement_not_asked', `"${row.title}" does not wait for a statement of ${agent.name}`);
    if (asked.statement !== null)
      throw new AppError('statement_already_given', `${agent.name} has spoken in round ${row.round}`);
    await saveStatement(work.tx, { ...asked, statement: input.statement, createdAt: work.now });
    work.append(agent, 'decision_statement', {
      ...named(row),
      agentType: agent.name,
      statement: input.statement,
      round: row.round,
    });
  }

  async function withdraw(work: Work, agent: Actor, input: { decisionId: string; reason: string }): Promise<void> {
    const row = await locked(work, input.decisionId);
    if (row.proposedBy !== agent.name)
      throw new AppError('not_allowed', `Only ${row.proposedBy} may withdraw "${row.title}"`);
    if (isFinal(row.status)) throw closed(row);
    await resolver.finish(work, row, { status: 'withdrawn', because: input.reason, actor: agent });
  }

  async function detail(db: Queryable, id: string): Promise<DecisionDetail> {
    const row = await findDecision(db, id);
    const [shown] = row ? await presentDecisions(db, [row]) : [];
    if (!shown) throw new AppError('decision_not_found', `There is no decision ${id}`);
    const open = shown.status === 'escalated' ? await escalations.findOpen(db, 'decision', id) : undefined;
    return { ...shown, escalation: open ? { id: open.id, reason: open.reason, createdAt: iso(open.createdAt) } : null };
  }

  async function brief(db: Queryable, id: string, agentType: string): Promise<DecisionBrief> {
    const row = await findDecision(db, id);
    const [shown] = row ? await briefDecisions(db, [row], agentType) : [];
    if (!shown) throw new AppError('decision_not_found', `There is no decision ${id}`);
    return shown;
  }

  return {
    // For use inside a transaction (agents' tools, approved actions).
    propose,
    vote,
    giveStatement,
    withdraw,
    detail,
    brief,

    proposeAs: (actor: Actor, input: ProposalInput): Promise<DecisionDetail> =>
      unitOfWork(async (work) => detail(work.tx, await propose(work, actor, input))),

    voteOnBehalf: (actor: Actor, input: VoteInput): Promise<DecisionDetail> =>
      unitOfWork(async (work) => {
        await vote(work, actor, input);
        return detail(work.tx, input.decisionId);
      }),

    escalate: (actor: Actor, id: string, reason: string): Promise<DecisionDetail> =>
      unitOfWork(async (work) => {
        const row = await locked(work, id);
        if (row.status === 'escalated')
          throw new AppError('decision_escalated', `It is escalated already: ${row.because}`);
        if (isFinal(row.status)) throw closed(row);
        await resolver.escalate(work, row, { because: reason, actor });
        return detail(work.tx, id);
      }),

    resolve: (
      actor: Actor,
      id: string,
      answer: { decision: 'approve' | 'reject'; reason: string },
    ): Promise<DecisionDetail> =>
      unitOfWork(async (work) => {
        const row = await locked(work, id);
        if (row.status !== 'escalated') throw new AppError('not_escalated', `"${row.title}" is ${row.status}`);
        const status = answer.decision === 'approve' ? 'approved' : 'rejected';
        await resolver.finish(work, row, { status, because: answer.reason, actor });
        return detail(work.tx, id);
      }),

    /** Settles up to `limit` overdue decisions, each in its own transaction; returns how many. */
    async sweepDeadlines(now: number, limit: number): Promise<number> {
      const overdue = await overdueDecisions(postgres.db, now, limit);
      const failures: unknown[] = [];
      let settled = 0;
      for (const { id } of overdue) {
        try {
          if (await unitOfWork(async (work) => expire(work, await locked(work, id)))) settled += 1;
        } catch (error) {
          // One that cannot be settled must not keep the others waiting; the caller hears of it all the same.
          failures.push(error);
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, `${failures.length} deadlines could not be kept`);
      return settled;
    },

    async list(query: { status?: DecisionStatus | undefined; limit: number; offset: number }) {
      const { rows, total } = await listDecisions(postgres.db, query);
      const decisions = rows.map((row) => ({ ...row, createdAt: iso(row.createdAt) }));
      return { decisions, total, limit: query.limit, offset: query.offset };
    },

    get: (id: string) => detail(postgres.db, id),

    async listFor(
      db: Queryable,
      agentType: string,
      query: { needsMe: boolean; limit: number },
    ): Promise<DecisionBrief[]> {
      const rows = await decisionsFor(db, { needing: query.needsMe ? agentType : undefined, limit: query.limit });
      return briefDecisions(db, rows, agentType);
    },

    /** What was proposed for these tasks, oldest first. */
    ofTasks: (db: Queryable, taskIds: readonly string[]) => decisionsOfTasks(db, taskIds),
  };
}

const closed = (row: DecisionRow) => new AppError('decision_closed', `"${row.title}" is ${row.status}: ${row.because}`);

const isOverdue = (row: DecisionRow, now: number) =>
  row.status === 'pending' && row.deadlineAt !== null && row.deadlineAt <= now;
