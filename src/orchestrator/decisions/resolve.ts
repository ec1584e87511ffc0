import type { DecisionAction, DecisionStatus } from '../../contracts/decision.ts';
import type { EscalationService } from '../escalations/service.ts';
import { type Actor, system, type Work } from '../events/work.ts';
import type { InboxService } from '../inbox/service.ts';
import { isUnavailable } from '../platform/postgres.ts';
import type { Verdict } from './rules.ts';
import { actionsOf, askForStatements, closeAction, type DecisionRow, dropActions, updateDecision } from './store.ts';

/** Runs one onApprove action inside the approving transaction; answers in words, throws when it cannot. */
export type ActionRunner = (work: Work, actor: Actor, action: DecisionAction) => Promise<string>;

interface Deps {
  readonly escalations: EscalationService;
  readonly inbox: InboxService;
  readonly isAgent: (name: string) => boolean;
  /** Who is asked for a statement when the voters disagree. */
  readonly advisors: () => readonly string[];
  readonly runAction: ActionRunner;
}

export interface End {
  readonly status: Exclude<DecisionStatus, 'pending' | 'escalated'>;
  readonly because: string;
  readonly actor: Actor;
}

export type Resolver = ReturnType<typeof createResolver>;

/** The one place where a decision changes its status. The caller holds the row's lock. */
export function createResolver({ escalations, inbox, isAgent, advisors, runAction }: Deps) {
  /** Answers with the decision as it is afterwards. */
  async function apply(work: Work, row: DecisionRow, verdict: Verdict): Promise<DecisionRow> {
    const { because } = verdict;
    switch (verdict.kind) {
      case 'wait':
        return change(work, row, { because });
      case 'approve':
        return finish(work, row, { status: 'approved', because, actor: system });
      case 'veto':
        return finish(work, row, { status: 'vetoed', because, actor: system });
      case 'escalate':
        return escalate(work, row, { because, actor: system });
      case 'next_round':
        return nextRound(work, row, because);
    }
  }

  function change(work: Work, row: DecisionRow, to: Partial<DecisionRow>): DecisionRow {
    work.send(() => updateDecision(work.tx, row.id, to));
    return { ...row, ...to };
  }

  async function finish(work: Work, row: DecisionRow, { status, because, actor }: End): Promise<DecisionRow> {
    const end = { status, because, resolvedAt: work.now, resolvedBy: actor.name };
    const finished = change(work, row, end);
    if (status === 'withdrawn') work.append(actor, 'decision_withdrawn', { ...named(row), because });
    work.append(actor, 'decision_resolved', { ...named(row), status, because });
    await escalations.settle(
      work,
      { kind: 'decision', subject: row.id },
      { actor, resolution: `${status}: ${because}` },
    );
    if (status === 'approved') await runActions(work, row);
    else await dropActions(work.tx, row.id);
    if (isAgent(row.proposedBy) && actor.name !== row.proposedBy) await tellProposer(work, row, { status, because });
    return finished;
  }

  /** Exactly once, because in the transaction that approves; one that fails takes only its own changes with it. */
  async function runActions(work: Work, row: DecisionRow): Promise<void> {
    for (const { position, action } of await actionsOf(work.tx, row.id)) {
      const key = { decisionId: row.id, position, executedAt: work.now };
      const events: Parameters<Work['append']>[] = [];
      const append = (...event: Parameters<Work['append']>) => events.push(event);
      try {
        const outcome = await work.tx.transaction((tx) => runAction({ ...work, tx, append } as Work, system, action));
        for (const event of events) work.append(...event);
        await closeAction(work.tx, { ...key, status: 'done', outcome });
        work.append(system, 'action_executed', { ...named(row), action: action.kind, outcome });
      } catch (error) {
        // A lost race or a lost connection is no failure of the action: the whole approval runs again.
        if (isUnavailable(error)) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        await closeAction(work.tx, { ...key, status: 'failed', outcome: reason });
        work.append(system, 'action_failed', { ...named(row), action: action.kind, reason });
      }
    }
  }

  async function escalate(
    work: Work,
    row: DecisionRow,
    { because, actor }: { because: string; actor: Actor },
  ): Promise<DecisionRow> {
    const escalated = change(work, row, { status: 'escalated', because });
    await escalations.open(work, actor, {
      kind: 'decision',
      subject: row.id,
      title: row.title,
      reason: because,
      priority: row.tier === 'critical' ? 'critical' : row.tier === 'major' ? 'high' : 'normal',
    });
    return escalated;
  }

  async function nextRound(work: Work, row: DecisionRow, because: string): Promise<DecisionRow> {
    const round = row.round + 1;
    const opened = change(work, row, { round, roundStartedAt: work.now, because });
    const agentTypes = advisors().filter((type) => !row.rule.voters.includes(type));
    await askForStatements(work.tx, { decisionId: row.id, round, agentTypes });
    work.append(system, 'decision_round_started', { ...named(row), round, because });
    return opened;
  }

  async function tellProposer(
    work: Work,
    row: DecisionRow,
    { status, because }: Pick<End, 'status' | 'because'>,
  ): Promise<void> {
    await inbox.send(work, system, {
      to: row.proposedBy,
      body: `Your decision "${row.title}" is ${status}: ${because}`,
      priority: 'high',
      data: { decisionId: row.id, status, taskId: row.taskId },
    });
  }

  return { apply, finish, escalate };
}

export const named = (row: DecisionRow) => ({ decisionId: row.id, title: row.title });
