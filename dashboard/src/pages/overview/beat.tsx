import { useSyncExternalStore } from 'react';
import { useTranslations } from 'use-intl';
import type { BoardroomEvent } from '../../../../src/contracts/event.ts';

const spanMs = 300_000;
const bars = 60;
const barMs = spanMs / bars;

/** Which bar of all time it is now: the picture moves on by whole bars. */
const currentBar = () => Math.floor(Date.now() / barMs);
function everyBar(listener: () => void): () => void {
  const timer = setInterval(listener, barMs / 2);
  return () => clearInterval(timer);
}

/** Events of the last five minutes, a bar for each five seconds, as a line of the heart. */
export function Beat({ events }: { readonly events: readonly BoardroomEvent[] }) {
  const t = useTranslations('overview');
  const last = useSyncExternalStore(everyBar, currentBar);
  const counts = Array.from({ length: bars }, () => 0);
  for (const { createdAt } of events) {
    const bar = bars - 1 - (last - Math.floor(Date.parse(createdAt) / barMs));
    const count = counts[bar];
    if (count !== undefined) counts[bar] = count + 1;
  }
  const most = Math.max(4, ...counts);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return (
    <svg
      role="img"
      aria-label={t('pulseLabel', { count: total })}
      viewBox={`0 0 ${bars * 4} 34`}
      preserveAspectRatio="none"
      className="block h-16 w-full px-4 pt-3 text-felt"
    >
      <line x1="0" x2={bars * 4} y1="33.5" y2="33.5" className="stroke-line" vectorEffect="non-scaling-stroke" />
      <path d={counts.map((count, bar) => barOf(bar, (count / most) * 32)).join('')} fill="currentColor" />
    </svg>
  );
}

const barOf = (bar: number, height: number) => `M${bar * 4 + 0.5} 33v-${height.toFixed(1)}h3v${height.toFixed(1)}z`;
