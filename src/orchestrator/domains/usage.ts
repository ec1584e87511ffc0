import { AppError } from '../../contracts/errors.ts';
import { inBatches } from '../platform/batches.ts';
import type { Clock } from '../platform/clock.ts';
import { iso } from '../platform/iso.ts';
import type { Postgres } from '../platform/postgres.ts';
import {
  addUsage,
  deleteUsage,
  listUsage,
  type Outcome,
  readAttempts,
  readDays,
  type Slot,
  type UsageRow,
} from './usage-store.ts';

export type DomainUsageService = ReturnType<typeof createDomainUsage>;

interface Deps {
  readonly postgres: Postgres;
  readonly clock: Clock;
}

export interface UsageWish {
  readonly days: number;
  readonly outcome?: Outcome | undefined;
  readonly limit: number;
  readonly offset: number;
}

export interface AttemptsWish {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly by: Slot;
  readonly domain?: string | undefined;
  readonly agent?: string | undefined;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** What one answer can hold. */
const spanMsMax: Record<Slot, number> = { hour: 31 * dayMs, day: 366 * dayMs };

/** How often agents tried what: counts, for whoever looks after the whitelist. */
export function createDomainUsage({ postgres: { db }, clock }: Deps) {
  return {
    add: (rows: readonly UsageRow[]) => addUsage(db, rows),

    async list({ days, ...query }: UsageWish) {
      const from = Math.floor(clock.now() / dayMs) * dayMs - (days - 1) * dayMs;
      const { rows, total } = await listUsage(db, { ...query, from });
      const attempts = await readDays(db, from, namesOf(rows));
      const usage = rows.map(({ lastHour, ...row }) => ({
        ...row,
        lastHour: iso(lastHour ?? from),
        days: attempts
          .filter(({ domain }) => domain === row.domain)
          .map(({ day, allowed, denied }) => ({ day: iso(day).slice(0, 10), allowed, denied })),
      }));
      return { usage, from: iso(from), total, limit: query.limit, offset: query.offset };
    },

    /** Whole hours or days: the first is counted from its beginning. */
    async attempts({ by, domain, agent, ...span }: AttemptsWish) {
      const slotMs = by === 'hour' ? hourMs : dayMs;
      const to = span.to === undefined ? clock.now() : Date.parse(span.to);
      const wanted = span.from === undefined ? to - 7 * dayMs : Date.parse(span.from);
      const from = Math.floor(wanted / slotMs) * slotMs;
      if (to - from > spanMsMax[by]) {
        const message = `lies ${Math.ceil((to - from) / dayMs)} days before its end; by ${by}, ${spanMsMax[by] / dayMs} are allowed`;
        throw new AppError('invalid_request', `from ${message}`, { issues: [{ path: 'from', message }] });
      }
      const rows = await readAttempts(db, { from, to, by, domain, agentType: agent });
      return { attempts: rows.map((row) => ({ ...row, at: iso(row.at) })), from: iso(from), to: iso(to) };
    },

    forgetOld: (before: number, signal: AbortSignal) => inBatches((limit) => deleteUsage(db, before, limit), signal),
  };
}

const namesOf = (rows: readonly { readonly domain: string }[]) => rows.map(({ domain }) => domain);
