import { useTranslations } from 'use-intl';
import { benchmarkCaller } from '../../../src/contracts/benchmark.ts';
import { roleName } from '../parts/names.ts';

/** Whose a budget is: the team's, the benchmarks', or a role's. */
export function useWhoseName(): (subject: string) => string {
  const t = useTranslations('models');
  return (subject) => {
    if (subject === 'team') return t('team');
    return subject === benchmarkCaller ? t('benchmark') : roleName(subject);
  };
}
