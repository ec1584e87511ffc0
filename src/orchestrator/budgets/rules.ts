import {
  type Budgets,
  budgetsSchema,
  type Measure,
  measureSchema,
  type Period,
  periodSchema,
} from '../../contracts/budget.ts';
import type { JsonValue } from '../../contracts/primitives.ts';
import { narrowingSchema } from '../../contracts/profile.ts';

/** All roles together. */
export const team = 'team';

/** One limit of one subject; `limit` is micro-USD, tokens or calls. */
export interface Allotment {
  /** Its name, `cmo.monthly.usd`. */
  readonly budget: string;
  readonly subject: string;
  readonly period: Period;
  readonly measure: Measure;
  readonly limit: number;
}

export type Amounts = Readonly<Record<Measure, number>>;

/** What a subject has used in a period. */
export interface Account {
  readonly subject: string;
  readonly period: Period;
  readonly spent: Amounts;
  /** The ceilings of calls under way. */
  readonly reserved: Amounts;
}

/** A stored setting by category and key. */
export type Stored = (category: string, key: string) => JsonValue | undefined;

const microUsdPerUsd = 1_000_000;

/** The subject's own limits: the operator's setting, or else the profile's; in any case no more than `permissions.<type>` leaves. */
export function allotmentsOf(subject: string, profile: Budgets, stored: Stored): Allotment[] {
  const setting = budgetsSchema.safeParse(stored('budgets', subject));
  const narrowing = narrowingSchema.safeParse(stored('permissions', subject));
  const wide = listed(subject, setting.success ? setting.data : profile);
  const narrow = listed(subject, narrowing.data?.budgets ?? {});
  return [
    ...wide.map((each) => narrow.find(({ budget, limit }) => budget === each.budget && limit < each.limit) ?? each),
    ...narrow.filter(({ budget }) => !wide.some((each) => each.budget === budget)),
  ];
}

function listed(subject: string, budgets: Budgets): Allotment[] {
  return periodSchema.options.flatMap((period) =>
    measureSchema.options.flatMap((measure) => {
      const given = budgets[period]?.[measure];
      if (given === undefined) return [];
      const limit = measure === 'usd' ? Math.round(given * microUsdPerUsd) : given;
      return [{ budget: `${subject}.${period}.${measure}`, subject, period, measure, limit }];
    }),
  );
}

/** Milliseconds since 1970: when the period that `now` lies in has begun, in UTC. */
export function startOf(period: Period, now: number): number {
  const at = new Date(now);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), period === 'daily' ? at.getUTCDate() : 1);
}

/** When the next one begins. */
export function endOf(period: Period, now: number): number {
  const at = new Date(now);
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  return period === 'daily' ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1, 1);
}

const nothing: Amounts = { usd: 0, tokens: 0, calls: 0 };

/** A subject that has used nothing has no account. */
export const accountOf = (accounts: readonly Account[], { subject, period }: Allotment): Account =>
  accounts.find((account) => account.subject === subject && account.period === period) ?? {
    subject,
    period,
    spent: nothing,
    reserved: nothing,
  };

/** The first budget that has no room for one more call; the same rule as in reserve_model_call. */
export const fullOf = (allotments: readonly Allotment[], accounts: readonly Account[]): Allotment | undefined =>
  allotments.find((allotment) => {
    const { spent, reserved } = accountOf(accounts, allotment);
    return spent[allotment.measure] + reserved[allotment.measure] >= allotment.limit;
  });

export type Level = 'warning' | 'exhausted';

/** What is to be told of a budget. */
export function levelOf({ limit }: Pick<Allotment, 'limit'>, spent: number): Level | undefined {
  if (spent >= limit) return 'exhausted';
  return spent * 10 >= limit * 8 ? 'warning' : undefined;
}

/** For people: `1.50 USD`, `20000 tokens`. */
export function amountText(measure: Measure, amount: number): string {
  if (measure !== 'usd') return `${amount} ${measure}`;
  const fraction = String(amount % microUsdPerUsd)
    .padStart(6, '0')
    .replace(/0{1,4}$/, '');
  return `${Math.floor(amount / microUsdPerUsd)}.${fraction} USD`;
}

/** Which budget, how much of it is gone, and until when: what an agent, and who reads its history, is told. */
export function refusalText(allotment: Allotment, { spent, reserved }: Account, until: string): string {
  const { budget, subject, measure, limit } = allotment;
  const [gone, held] = [spent[measure], reserved[measure]];
  const underWay = held === 0 ? '' : `, ${amountText(measure, held)} more reserved by calls under way`;
  return (
    `The budget ${budget} leaves no room for a call: ${amountText(measure, gone)} of ${amountText(measure, limit)} spent${underWay}. ` +
    `It begins anew at ${until}; an operator can raise it before (setting budgets.${subject})`
  );
}
