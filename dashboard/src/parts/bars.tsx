interface BarsProps {
  /** What the picture says, in words. */
  readonly label: string;
  readonly bars: readonly { readonly name: string; readonly value: number; readonly title: string }[];
}

const [heightOfAll, widthOfOne] = [100, 10];

/** One small bar for each day or so; the largest fills the height. */
export function Bars({ label, bars }: BarsProps) {
  const most = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const width = bars.length * widthOfOne;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${heightOfAll}`}
      preserveAspectRatio="none"
      className="block h-32 w-full text-felt"
    >
      <line x1="0" x2={width} y1="99.5" y2="99.5" className="stroke-line" vectorEffect="non-scaling-stroke" />
      {bars.map(({ name, value, title }, place) => {
        const height = value === 0 ? 0 : Math.max(1.5, (value / most) * (heightOfAll - 2));
        return (
          <g key={name}>
            <title>{title}</title>
            <rect x={place * widthOfOne} width={widthOfOne} height={heightOfAll} fill="transparent" />
            <rect
              x={place * widthOfOne + 1.5}
              y={heightOfAll - height}
              width={widthOfOne - 3}
              height={height}
              fill="currentColor"
            />
          </g>
        );
      })}
    </svg>
  );
}
