import { AppError } from '../../contracts/errors.ts';
import type { EscalationService } from '../escalations/service.ts';
import { system, type UnitOfWork, type Work } from '../events/work.ts';
import type { Accounts, CallOutcome, PlannedCall, Reservation } from '../models/accounts.ts';
import type { Clock } from '../platform/clock.ts';
import type { Chance } from '../platform/identity.ts';
import { iso } from '../platform/iso.ts';
import { asUnavailable, isUnavailable, type Postgres } from '../platform/postgres.ts';
import { type Notice, noticesOf, tell } from './notices.ts';
import { type Account, type Allotment, accountOf, endOf, fullOf, refusalText, startOf } from './rules.ts';
import { insertHold, reserve, type Settlement, settle } from './store.ts';

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly escalations: EscalationService;
  readonly clock: Clock;
  readonly chance: Chance;
  /** The limits over this caller, its own and the team's, as this replica knows them: no query. */
  readonly allotments: (agentType: string) => readonly Allotment[];
  /** The same, as they stand in the database. */
  readonly readAllotments: (agentType: string) => Promise<readonly Allotment[]>;
  /** The agent is stopped from thinking: its loop is about to fail for no fault of what it was woken for. */
  readonly onHeld: (work: Work, agentType: string) => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** Aborts when this process closes: what is not settled by then expires, and counts at its ceiling. */
  readonly closing: AbortSignal;
}

/** A call that takes longer counts at its ceiling until it is settled all the same. */
export const reservationMs = 15 * 60_000;
/** Between attempts to settle while the database is away, and how many: about as long as anybody may wait for it. */
const retryMs = 1_000;
const attemptsMax = 60;

/** The books of this replica: room is reserved before a call and given back after it, when the call is recorded. */
export function createAccounts(deps: Deps): Accounts {
  const { postgres, unitOfWork, escalations, clock, chance } = deps;
  /** What this replica knows to be told: so that a budget near its end costs no transaction for each call. */
  const told = new Set<string>();
  const toldMax = 10_000;

  async function tellAll(work: Work, notices: readonly Notice[], call: { agentType: string; at: number }) {
    for (const notice of notices) await tell(work, escalations, notice, call);
  }

  async function refuse(
    agentType: string,
    at: number,
    { allotments, accounts }: { allotments: readonly Allotment[]; accounts: readonly Account[] },
  ): Promise<AppError> {
    // What we want to know ourselves stops no agent: its own next call does, and tells.
    if (agentType !== system.name)
      await unitOfWork(async (work) => {
        if (await insertHold(work.tx, agentType, work.now)) await deps.onHeld(work, agentType);
        const exhausted = noticesOf(allotments, accounts).filter(({ level }) => level === 'exhausted');
        await tellAll(work, exhausted, { agentType, at });
      });
    // What the database has just refused for, by the same rule.
    const full = fullOf(allotments, accounts);
    const text = full && refusalText(full, accountOf(accounts, full), iso(endOf(full.period, at)));
    return new AppError('budget_exhausted', text ?? 'The budget leaves no room for a call');
  }

  /** Room for the call, where a budget watches it. */
  async function makeRoom(call: PlannedCall, id: string, at: number): Promise<void> {
    const { name: agentType } = call.caller.actor;
    const known = deps.allotments(agentType);
    // A row now would tell, should this process be killed in the middle, of a call that no limit counts; its price is a write under
    // the locks of the team's rows before the first token of each call, a third of a millisecond where nobody else wants them.
    if (known.length === 0) return;
    const row = {
      id,
      agentType,
      instanceId: call.caller.instanceId,
      provider: call.provider,
      model: call.model,
      microUsd: call.ceilingMicroUsd,
      tokens: call.ceilingTokens,
      dayStartsAt: startOf('daily', at),
      monthStartsAt: startOf('monthly', at),
      createdAt: at,
      expiresAt: at + reservationMs,
    };
    if ((await reserve(postgres.pool, row, known)).granted) return;
    // A limit that was raised a moment ago may not have reached this replica: before an agent is stopped, it is asked for.
    const allotments = await deps.readAllotments(agentType);
    if (allotments.length === 0) return;
    const { granted, accounts } = await reserve(postgres.pool, row, allotments);
    if (!granted) throw await refuse(agentType, at, { allotments, accounts });
  }

  /** An absence of the database loses no record: to settle is safe to repeat. */
  async function settleOnce(settlement: Settlement): Promise<Account[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await settle(postgres.pool, settlement);
      } catch (error) {
        if (!isUnavailable(error) || attempt === attemptsMax || deps.closing.aborted) throw error;
        await clock.sleep(retryMs, deps.closing);
      }
    }
  }

  async function record(call: PlannedCall, outcome: CallOutcome, { id, at }: { id: string; at: number }) {
    const { name: agentType } = call.caller.actor;
    const accounts = await settleOnce(settlementOf(call, outcome, { id, at }));
    const due = noticesOf(deps.allotments(agentType), accounts).filter((notice) => !told.has(keyOf(notice, at)));
    if (due.length === 0 || agentType === system.name) return;
    // The call itself is settled; should this fail, the next call finds the same due.
    await unitOfWork((work) => tellAll(work, due, { agentType, at })).then(() => {
      if (told.size >= toldMax) told.clear();
      for (const notice of due) told.add(keyOf(notice, at));
    }, deps.onError);
  }

  return {
    async reserve(call): Promise<Reservation> {
      const [id, at] = [chance.id('mcl'), clock.now()];
      try {
        await makeRoom(call, id, at);
      } catch (error) {
        throw asUnavailable(error);
      }
      let settled: Promise<void> | undefined;
      return {
        settle(outcome) {
          settled ??= record(call, outcome, { id, at });
          return settled;
        },
      };
    },
  };
}

const keyOf = ({ allotment: { budget, period, limit }, level }: Notice, at: number): string =>
  `${budget} ${startOf(period, at)} ${level} ${limit}`;

function settlementOf(call: PlannedCall, outcome: CallOutcome, { id, at }: { id: string; at: number }): Settlement {
  const { usage, status, costMicroUsd } = outcome;
  const counted = usage && usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return {
    call: {
      id,
      agentType: call.caller.actor.name,
      instanceId: call.caller.instanceId,
      provider: call.provider,
      model: call.model,
      status,
      inputTokens: usage?.inputTokens ?? null,
      outputTokens: usage?.outputTokens ?? null,
      cacheReadTokens: usage?.cacheReadTokens ?? null,
      cacheWriteTokens: usage?.cacheWriteTokens ?? null,
      costMicroUsd,
      attempts: outcome.attempts,
      firstTokenMs: outcome.firstTokenMs === undefined ? null : Math.round(outcome.firstTokenMs),
      durationMs: Math.round(outcome.durationMs),
      errorCode: outcome.errorCode ?? null,
      prompt: outcome.prompt ?? null,
      createdAt: at,
    },
    // An answer of which nobody knows what it used counts as the most it can have used.
    tokens: counted ?? (status === 'ok' ? call.ceilingTokens : 0),
    // A provider that fails before it has done anything has not been called, as far as anybody's subscription goes.
    calls: status === 'failed' && counted === undefined && costMicroUsd === 0 ? 0 : 1,
  };
}
