import { benchmarkCaller } from '../../contracts/benchmark.ts';
import { type Budget, type Measure, type UsageRange, usageRanges } from '../../contracts/budget.ts';
import { AppError } from '../../contracts/errors.ts';
import type { Profiles } from '../agents/profiles.ts';
import type { EscalationService } from '../escalations/service.ts';
import { system, type UnitOfWork } from '../events/work.ts';
import { inBatches } from '../platform/batches.ts';
import type { Clock } from '../platform/clock.ts';
import { iso } from '../platform/iso.ts';
import type { Postgres } from '../platform/postgres.ts';
import type { SettingsService } from '../settings/service.ts';
import {
  type Allotment,
  accountOf,
  allotmentsOf,
  endOf,
  fullOf,
  levelOf,
  type Stored,
  startOf,
  team,
} from './rules.ts';
import { readSeries } from './series-store.ts';
import {
  currentAccounts,
  deleteHolds,
  deleteModelCalls,
  deletePast,
  expiredReservations,
  heldAgents,
  settle,
} from './store.ts';
import { type Grouping, readUsage } from './usage-store.ts';

export type BudgetService = ReturnType<typeof createBudgetService>;

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly settings: SettingsService;
  readonly escalations: EscalationService;
  readonly profiles: Profiles;
}

const dayMs = 86_400_000;
const usageDays: Record<UsageRange, number> = { '24h': 1, '7d': 7, '30d': 30 };
const usageDaysDefault = 30;
const usageDaysMax = 366;
const expiredAtOnce = 500;
const periodsKeptDays = 400;
/** Whoever has not settled a charged call by now has ended. */
const chargedKeptDays = 2;

/** Limits, what is used of them, and the records of calls. */
export function createBudgetService({ postgres, unitOfWork, clock, settings, escalations, profiles }: Deps) {
  const { db } = postgres;

  /** A role's own limits and the team's; those of a role whose profile is gone are the operator's alone. */
  const allotmentsFor = (agentType: string, stored: Stored): Allotment[] => [
    ...allotmentsOf(agentType, profiles.get(agentType)?.budgets ?? {}, stored),
    ...allotmentsOf(team, {}, stored),
  ];

  async function all(): Promise<Allotment[]> {
    const stored = await settings.snapshot(db);
    const own = profiles.all().flatMap(({ type, budgets }) => allotmentsOf(type, budgets, stored));
    return [...allotmentsOf(team, {}, stored), ...allotmentsOf(benchmarkCaller, {}, stored), ...own];
  }

  /** Nobody settled them: the provider may have answered, and been paid, so they count at their ceiling. */
  async function chargeExpired(): Promise<void> {
    for (const row of await expiredReservations(db, clock.now(), expiredAtOnce)) {
      const { id, agentType, instanceId, provider, model, createdAt } = row;
      const call = { id, agentType, instanceId, provider, model, createdAt, status: 'lost' as const, attempts: 1 };
      await settle(postgres.pool, { call: { ...call, costMicroUsd: row.microUsd }, tokens: row.tokens, calls: 1 });
    }
  }

  /** What waited for a human waits no more once the budget has room again. */
  async function closeEscalations(): Promise<void> {
    const open = await escalations.openOf(db, 'budget_exhausted');
    if (open.length === 0) return;
    const [allotments, accounts] = [await all(), await currentAccounts(db, clock.now())];
    for (const { subject } of open) {
      const budget = allotments.find((each) => each.budget === subject);
      const spent = budget && accountOf(accounts, budget).spent[budget.measure];
      if (budget && spent !== undefined && levelOf(budget, spent) === 'exhausted') continue;
      const end = { actor: system, resolution: 'the budget has room again' };
      await unitOfWork((work) => escalations.settle(work, { kind: 'budget_exhausted', subject }, end));
    }
  }

  return {
    allotmentsFor,

    async readAllotments(agentType: string): Promise<Allotment[]> {
      return allotmentsFor(agentType, await settings.snapshot(db));
    },

    async list(): Promise<{ budgets: Budget[] }> {
      const now = clock.now();
      const [allotments, accounts] = [await all(), await currentAccounts(db, now)];
      const budgets = allotments.map((allotment) => {
        const { period, measure } = allotment;
        const { spent, reserved } = accountOf(accounts, allotment);
        return {
          ...allotment,
          unit: units[measure],
          spent: spent[measure],
          reserved: reserved[measure],
          periodStart: iso(startOf(period, now)),
          periodEnd: iso(endOf(period, now)),
        };
      });
      return { budgets };
    },

    async usage(query: {
      from?: string | undefined;
      to?: string | undefined;
      agent?: string | undefined;
      groupBy: string;
      limit: number;
      offset: number;
    }) {
      const to = query.to === undefined ? clock.now() : Date.parse(query.to);
      const from = query.from === undefined ? to - usageDaysDefault * dayMs : Date.parse(query.from);
      if (from > to || to - from > usageDaysMax * dayMs) {
        const message = `from must lie before to, and at most ${usageDaysMax} days before it`;
        throw new AppError('invalid_request', message, { issues: [{ path: 'query.from', message }] });
      }
      const { agent, limit, offset } = query;
      // The contract lets nothing else through.
      const groupBy = [...new Set(query.groupBy.split(','))] as Grouping[];
      const { rows, total } = await readUsage(db, { from, to, agent, groupBy, limit, offset });
      return { usage: rows, from: iso(from), to: iso(to), total, limit, offset };
    },

    /** Whole steps, the last of which is under way. */
    async series({ range, by }: { range: UsageRange; by: 'agent' | 'model' }) {
      const step = usageRanges[range];
      const stepMs = step * 1_000;
      const to = (Math.floor(clock.now() / stepMs) + 1) * stepMs;
      const from = to - usageDays[range] * dayMs;
      return { from: iso(from), to: iso(to), step, ...(await readSeries(db, { from, to, step, by })) };
    },

    /** Which of these agents are not to be woken: their last call was refused, and there is still no room for another. */
    async held(agentTypes: readonly string[]): Promise<ReadonlySet<string>> {
      const holds = await heldAgents(db, agentTypes);
      if (holds.length === 0) return new Set();
      const [stored, accounts] = [await settings.snapshot(db), await currentAccounts(db, clock.now())];
      const isFull = (agentType: string) => fullOf(allotmentsFor(agentType, stored), accounts) !== undefined;
      const freed = holds.filter((agentType) => !isFull(agentType));
      if (freed.length > 0) await deleteHolds(db, freed);
      return new Set(holds.filter((agentType) => !freed.includes(agentType)));
    },

    async sweep(): Promise<void> {
      await chargeExpired();
      await closeEscalations();
    },

    /** Removes records of calls from before, and what no period needs any more. */
    async forgetOld(before: number, signal: AbortSignal): Promise<number> {
      const now = clock.now();
      const removed = await inBatches((limit) => deleteModelCalls(db, before, limit), signal);
      await deletePast(db, { periods: now - periodsKeptDays * dayMs, charged: now - chargedKeptDays * dayMs });
      return removed;
    },
  };
}

const units: Record<Measure, Budget['unit']> = { usd: 'micro_usd', tokens: 'tokens', calls: 'calls' };
