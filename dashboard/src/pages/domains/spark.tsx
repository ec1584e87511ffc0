import type { Slot } from './slots.ts';

interface SparkProps {
  readonly slots: readonly Slot[];
  readonly label: string;
  readonly className?: string;
}

const step = 6;

/** Counts as a row of bars, the highest as high as the picture; where nothing was, a dash on the ground. */
export function Spark({ slots, label, className = 'h-6 w-24 text-felt' }: SparkProps) {
  const most = Math.max(1, ...slots.map(({ count }) => count));
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${slots.length * step} 24`}
      preserveAspectRatio="none"
      className={`block ${className}`}
    >
      <path d={slots.map((_, index) => barOf(index, 1)).join('')} className="fill-line" />
      <path
        d={slots.map(({ count }, index) => barOf(index, count === 0 ? 0 : Math.max(2, (count / most) * 24))).join('')}
        fill="currentColor"
      />
    </svg>
  );
}

const barOf = (index: number, height: number) =>
  `M${index * step + 0.5} 24v-${height.toFixed(1)}h${step - 1}v${height.toFixed(1)}z`;
