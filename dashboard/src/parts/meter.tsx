interface MeterProps {
  readonly label: string;
  /** What the numbers say, in words. */
  readonly text: string;
  readonly value: number;
  /** Held besides, and not gone yet. */
  readonly held?: number;
  readonly max: number;
  /** `felt`: to reach the end is good; else it means that nothing is left. */
  readonly tone?: 'felt';
}

/** How much of something is gone. Blood where nothing is left. */
export function Meter({ label, text, value, held = 0, max, tone }: MeterProps) {
  const share = (amount: number) => (max <= 0 ? 100 : Math.min(100, (amount / max) * 100));
  const isGone = value >= max && tone !== 'felt';
  return (
    // biome-ignore lint/a11y/useSemanticElements: <meter> shows one amount, and cannot be coloured everywhere
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(value, max)}
      aria-valuetext={text}
      className="relative h-2 overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset"
    >
      <div className="absolute inset-y-0 left-0 bg-felt/35" style={{ width: `${share(value + held)}%` }} />
      <div
        className={`absolute inset-y-0 left-0 rounded-full ${isGone ? 'bg-blood' : 'bg-felt'}`}
        style={{ width: `${share(value)}%` }}
      />
    </div>
  );
}
