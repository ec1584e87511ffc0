import { useFormatter } from 'use-intl';

/** Micro-USD as dollars: cents as soon as there is a dollar, more places below. */
export function useMoney(): (microUsd: number) => string {
  const format = useFormatter();
  return (microUsd) =>
    format.number(microUsd / 1_000_000, {
      style: 'currency',
      currency: 'USD',
      maximumFractionDigits: microUsd !== 0 && Math.abs(microUsd) < 1_000_000 ? 4 : 2,
    });
}
