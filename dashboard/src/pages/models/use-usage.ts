import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslations } from 'use-intl';
import type { UsageRange } from '../../../../src/contracts/budget.ts';
import { useRoute } from '../../api/queries.ts';
import { useEachEvent } from '../../live/live.tsx';
import { roleName } from '../../parts/names.ts';

/** Between two readings: a month of calls is more than a sum that is kept. */
const settleMs = 15_000;

export const useUsage = (range: UsageRange, by: 'agent' | 'model') =>
  useRoute('getUsageSeries', { query: { range, by } });

/** Reads the usage anew after loops, however many end, at most every so often. */
export function useUsageFollowsLoops(): void {
  const queries = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEachEvent(({ eventType }) => {
    if (eventType !== 'loop_finished' || timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      void queries.invalidateQueries({ queryKey: ['getUsageSeries'] });
    }, settleMs);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
}

/** Agents by their roles, models as they are called, and what stands for all others. */
export function useLineName(by: 'agent' | 'model'): (name: string | null) => string {
  const t = useTranslations('models');
  return (name) => {
    if (name === null) return t('others');
    return by === 'agent' ? roleName(name) : name;
  };
}
