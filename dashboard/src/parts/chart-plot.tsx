import { useEffect, useEffectEvent, useRef, useSyncExternalStore } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type ChartLine, stacked } from './chart-data.ts';
import { createColourReader, shadeOf } from './chart-shades.ts';

export interface PlotProps {
  readonly kind: 'bars' | 'lines';
  /** Beginnings of steps, seconds since 1970. */
  readonly times: readonly number[];
  readonly step: number;
  readonly lines: readonly ChartLine[];
  /** Places among `lines` that are not drawn. */
  readonly hidden: ReadonlySet<number>;
  readonly format: (value: number) => string;
  readonly formatTime: (seconds: number, every: number) => string;
  /** The step under the pointer; undefined: none. */
  readonly onPoint: (step: number | undefined) => void;
}

const dark = matchMedia('(prefers-color-scheme: dark)');
const watchScheme = (listener: () => void) => {
  dark.addEventListener('change', listener);
  return () => dark.removeEventListener('change', listener);
};

/** The picture alone, on a canvas as wide as its place. */
export function ChartPlot({ kind, times, step, lines, hidden, ...tell }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const isDark = useSyncExternalStore(watchScheme, () => dark.matches);
  const format = useEffectEvent(tell.format);
  const formatTime = useEffectEvent(tell.formatTime);
  const onPoint = useEffectEvent(tell.onPoint);

  useEffect(() => {
    const frame = place.current;
    if (!frame) return;
    // Drawn anew when the theme changes: a canvas does not follow it by itself.
    frame.dataset['scheme'] = isDark ? 'dark' : 'light';
    const drawn = lines.map((line, at) => ({ line, at })).filter(({ at }) => !hidden.has(at));
    const colour = createColourReader(frame);
    const values = kind === 'bars' ? stacked(drawn.map(({ line }) => line)) : drawn.map(({ line }) => [...line.values]);
    const series = drawn.map(({ at }) => seriesOf(kind, colour(shadeOf(at))));
    if (kind === 'bars') {
      values.reverse();
      series.reverse();
    }
    const options = optionsOf({ frame, colour, step, times, format, formatTime });
    const plot = new uPlot(
      {
        ...options,
        series: [{}, ...series],
        hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? undefined)] },
      },
      [times.map((time) => time + step / 2), ...values],
      frame,
    );
    const observer = new ResizeObserver(() => plot.setSize({ width: frame.clientWidth, height: frame.clientHeight }));
    observer.observe(frame);
    return () => {
      observer.disconnect();
      plot.destroy();
      frame.replaceChildren();
    };
  }, [kind, times, step, lines, hidden, isDark]);

  return <div ref={place} className="h-full w-full overflow-hidden [&_.u-cursor-x]:border-line-strong!" />;
}

const seriesOf = (kind: PlotProps['kind'], colour: string): uPlot.Series =>
  kind === 'bars'
    ? { stroke: colour, fill: colour, width: 0, points: { show: false }, ...(bars && { paths: bars }) }
    : { stroke: colour, width: 2, spanGaps: true, points: { show: true, size: 5, fill: colour } };

const bars = uPlot.paths.bars?.({ size: [0.72, 48] });

interface Options extends Pick<PlotProps, 'times' | 'step' | 'format' | 'formatTime'> {
  readonly frame: HTMLElement;
  readonly colour: (css: string) => string;
}

function optionsOf({ frame, colour, step, times, format, formatTime }: Options): Omit<uPlot.Options, 'series'> {
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const axis = {
    stroke: colour('var(--ink-soft)'),
    font: '12px Plex, system-ui, sans-serif',
    ticks: { show: false },
    border: { show: false },
  };
  return {
    width: frame.clientWidth,
    height: frame.clientHeight,
    padding: [10, 6, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { range: [first, last + step] },
      y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        size: 30,
        grid: { show: false },
        space: 64,
        values: (_plot, ticks, _axis, _space, every) => ticks.map((tick) => formatTime(tick, every)),
      },
      {
        ...axis,
        size: 62,
        space: 36,
        grid: { stroke: colour('var(--line)'), width: 1 },
        values: (_plot, ticks) => ticks.map(format),
      },
    ],
  };
}
