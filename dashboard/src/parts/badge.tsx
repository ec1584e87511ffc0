import type { ReactNode } from 'react';
import { badgeTone, fillTone, type Tone } from './tone.ts';

interface BadgeProps {
  readonly tone?: Tone;
  readonly children: ReactNode;
}

/** A word that says how something stands. The colour repeats it, and never says it alone. */
export const Badge = ({ tone = 'plain', children }: BadgeProps) => (
  <span
    className={`inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap ${badgeTone[tone]}`}
  >
    {children}
  </span>
);

/** A dot beside a word; it breathes while something is under way. */
export const Dot = ({ tone, isBusy = false }: { readonly tone: Tone; readonly isBusy?: boolean }) => (
  <span
    aria-hidden="true"
    className={`inline-block size-2 shrink-0 rounded-full ${fillTone[tone]} ${isBusy ? 'motion-safe:animate-pulse-soft' : ''}`}
  />
);
