import { useFormatter } from 'use-intl';

/** As people read it: "840 ms", "2.4 s". */
export function useMilliseconds(): (ms: number | undefined) => string {
  const format = useFormatter();
  return (ms) => {
    if (ms === undefined) return '–';
    return ms < 1_000
      ? format.number(ms, { style: 'unit', unit: 'millisecond', unitDisplay: 'short', maximumFractionDigits: 0 })
      : format.number(ms / 1_000, { style: 'unit', unit: 'second', unitDisplay: 'short', maximumFractionDigits: 1 });
  };
}
