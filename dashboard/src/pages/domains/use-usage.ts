import { useQuery } from '@tanstack/react-query';
import type { DomainUsage } from '../../../../src/contracts/domain.ts';
import { routeQuery } from '../../api/queries.ts';
import { type Slot, slotsOf } from './slots.ts';

export const usageDays = 14;
/** No event tells of what was let through. */
export const lookAgainMs = 60_000;

/** The most tried domains of the last two weeks, by what became of the attempts. */
export const useUsage = (outcome: 'allowed' | 'denied', limit: number) =>
  useQuery({
    ...routeQuery('listDomainUsage', { query: { outcome, days: usageDays, limit } }),
    refetchInterval: lookAgainMs,
  });

export const daysOf = ({ days }: Pick<DomainUsage, 'days'>, outcome: 'allowed' | 'denied'): Slot[] =>
  slotsOf(
    days.map((day) => ({ at: `${day.day}T00:00:00Z`, count: day[outcome] })),
    { by: 'day', slots: usageDays, now: Date.now() },
  );
