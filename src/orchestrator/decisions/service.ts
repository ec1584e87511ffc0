import { type DecisionAction, type DecisionDetail, decisionDetailSchema } from '../../contracts/decision.ts';
import { AppError } from '../../contracts/errors.ts';
import type { BoardroomEvent } from '../../contracts/event.ts';
import type { Tier } from '../../contracts/policy.ts';
import type { DecisionBrief } from '../../contracts/tools.ts';
import type { DomainService } from '../domains/service.ts';
import type { EscalationService } from '../escalations/service.ts';
import type { EventService } from '../events/service.ts';
import { type Actor, system, type UnitOfWork, type Work } from '../events/work.ts';
import type { InboxService } from '../inbox/service.ts';
import type { Chance } from '../platform/identity.ts';
import { iso, isoOrNull } from '../platform/iso.ts';
import type { Postgres, Queryable } from '../platform/postgres.ts';
import type { SettingsService } from '../settings/service.ts';
import { deleteDecisions, lockResolved, type ResolvedSpan, resolvedBetween } from './past-store.ts';
import { briefDecisions, presentDecisions } from './present.ts';
import { named, type Resolver } from './resolve.ts';
import { isFinal, tierOf } from './rules.ts';
import {
  type DecisionQuery,
  type DecisionRow,
  decisionsFor,
  decisionsOfTasks,
  findDecision,
  insertActions,
  insertDecision,
  listDecisions,
  overdueDecisions,
} from './store.ts';
import { closed, createVoting, type VoteInput, type VoteState } from './voting.ts';

export type DecisionService = ReturnType<typeof createDecisionService>;

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly settings: SettingsService;
  readonly domains: Pick<DomainService, 'check'>;
  readonly events: Pick<EventService, 'list'>;
  readonly inbox: InboxService;
  readonly escalations: EscalationService;
  readonly resolver: Resolver;
  readonly chance: Chance;
  readonly isAgent: (name: string) => boolean;
  /** What was archived under an id, as the API showed it. */
  readonly archived: (id: string) => Promise<unknown>;
}

export interface ProposalInput {
  readonly title: string;
  readonly description: string;
  readonly tier: Tier;
  readonly taskId?: string | undefined;
  readonly onApprove: readonly DecisionAction[];
}

interface EventSpan {
  readonly limit: number;
  readonly before?: number | undefined;
  readonly after?: number | undefined;
}

interface WithdrawInput {
  readonly decisionId: string;
  readonly reason: string;
}

export function createDecisionService(deps: Deps) {
  const { postgres, unitOfWork, settings, domains, events, inbox, escalations, resolver, chance, isAgent } = deps;
  const { count, locked, expire, vote, giveStatement } = createVoting(deps);

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
    await resolver.apply(work, row, await count(work, row, []));
    return row.id;
  }

  /** What approval will set in motion must make sense now already: the proposer can still mend it. */
  function checkAction(action: DecisionAction): void {
    const agentType =
      action.kind === 'create_task' ? action.task.assignTo : 'agentType' in action ? action.agentType : undefined;
    if (agentType !== undefined && !isAgent(agentType))
      throw new AppError('agent_not_found', `There is no agent "${agentType}"`);
    if (action.kind === 'change_setting') settings.check(action);
    if (action.kind === 'whitelist_domain') domains.check(action);
  }

  async function withdraw(work: Work, proposer: Actor, input: WithdrawInput): Promise<void> {
    const row = await locked(work, input.decisionId);
    if (row.proposedBy !== proposer.name)
      throw new AppError('not_allowed', `Only ${row.proposedBy} may withdraw "${row.title}"`);
    if (isFinal(row.status)) throw closed(row);
    await resolver.finish(work, row, { status: 'withdrawn', because: input.reason, actor: proposer });
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

  async function get(id: string): Promise<DecisionDetail> {
    const kept = (await findDecision(postgres.db, id)) ? undefined : await deps.archived(id);
    const parsed = decisionDetailSchema.safeParse(kept);
    return parsed.success ? parsed.data : detail(postgres.db, id);
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

    voteOnBehalf: (actor: Actor, input: VoteInput): Promise<VoteState> =>
      unitOfWork((work) => vote(work, actor, input)),

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

    withdrawAs: (actor: Actor, input: WithdrawInput): Promise<DecisionDetail> =>
      unitOfWork(async (work) => {
        await withdraw(work, actor, input);
        return detail(work.tx, input.decisionId);
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

    async list(query: DecisionQuery) {
      const { rows, total } = await listDecisions(postgres.db, query);
      const decisions = rows.map(({ deadlineAt, createdAt, ...row }) => ({
        ...row,
        deadline: isoOrNull(deadlineAt),
        createdAt: iso(createdAt),
      }));
      return { decisions, total, limit: query.limit, offset: query.offset };
    },

    get,

    /** What the log still tells of it. */
    async events(id: string, query: EventSpan): Promise<BoardroomEvent[]> {
      await get(id);
      return events.list({ ...query, decisionId: id });
    },

    /** Takes decisions that are over out of the tables of votes: whoever calls keeps them, in the same transaction. */
    async takeResolved(work: Work, before: number, limit: number): Promise<DecisionDetail[]> {
      const rows = await lockResolved(work.tx, before, limit);
      if (rows.length === 0) return [];
      const shown = await presentDecisions(work.tx, rows);
      await deleteDecisions(
        work.tx,
        rows.map(({ id }) => id),
      );
      return shown.map((decision) => ({ ...decision, escalation: null }));
    },

    async resolvedBetween(span: ResolvedSpan): Promise<DecisionDetail[]> {
      const shown = await presentDecisions(postgres.db, await resolvedBetween(postgres.db, span));
      return shown.map((decision) => ({ ...decision, escalation: null }));
    },

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
