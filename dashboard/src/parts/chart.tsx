import { lazy, Suspense, useCallback, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { ChartLine } from './chart-data.ts';
import type { PlotProps } from './chart-plot.tsx';
import { shadeOf } from './chart-shades.ts';

const Plot = lazy(() => import('./chart-plot.tsx').then(({ ChartPlot }) => ({ default: ChartPlot })));

interface ChartProps extends Pick<PlotProps, 'kind' | 'times' | 'step' | 'lines' | 'format'> {
  /** What it shows, for those who do not see it. */
  readonly label: string;
  /** What stands beside a line's name while no step is pointed at. */
  readonly summary: (line: number) => string;
}

/** Values over time: a picture, a legend that reads it and turns lines off, and the same as a table. */
export function Chart({ label, summary, ...plot }: ChartProps) {
  const { lines, times, step, format } = plot;
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set());
  const [point, setPoint] = useState<number>();
  const time = useTimeWords();
  const toggle = (line: number) =>
    setHidden((before) => new Set([...lines.keys()].filter((each) => before.has(each) !== (each === line))));
  const at = point === undefined ? undefined : times[point];
  return (
    <div className="@container relative flex min-w-0 flex-col gap-2 p-4">
      <p aria-hidden="true" className="pointer-events-none absolute top-1.5 right-4 text-xs text-ink-soft">
        {at !== undefined && time.step(at, step)}
      </p>
      <div role="img" aria-label={label} className="h-56 min-w-0">
        <Suspense fallback={<div className="h-full rounded bg-sunken" />}>
          <Plot {...plot} hidden={hidden} formatTime={time.tick} onPoint={setPoint} />
        </Suspense>
      </div>
      <ul className="grid gap-x-6 @md:grid-cols-2 @3xl:grid-cols-3">
        {lines.map(({ name, values }, line) => (
          <li key={name}>
            <button
              type="button"
              aria-pressed={!hidden.has(line)}
              onClick={() => toggle(line)}
              className={`flex min-h-7 w-full items-center gap-2 rounded px-1 text-left text-xs hover:bg-sunken ${hidden.has(line) ? 'text-ink-soft line-through' : ''}`}
            >
              <span
                aria-hidden="true"
                className="size-2.5 shrink-0 rounded-sm"
                style={{ background: hidden.has(line) ? 'var(--line)' : shadeOf(line) }}
              />
              <span className="min-w-0 grow truncate">{name}</span>
              <span className="shrink-0 text-ink-soft">
                {point === undefined ? summary(line) : shown(values[point], format)}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <AsTable lines={lines} times={times} format={format} label={label} timeOf={(start) => time.step(start, step)} />
    </div>
  );
}

const shown = (value: number | null | undefined, format: (value: number) => string) =>
  value === null || value === undefined ? '–' : format(value);

interface TableProps extends Pick<ChartProps, 'lines' | 'times' | 'format' | 'label'> {
  readonly timeOf: (seconds: number) => string;
}

/** The newest first; steps in which nothing was are left out. */
function AsTable({ lines, times, format, label, timeOf }: TableProps) {
  const t = useTranslations('common');
  const [isOpen, setOpen] = useState(false);
  const isFilled = (step: number) => lines.some(({ values }: ChartLine) => (values[step] ?? 0) !== 0);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)} className="text-xs">
      <summary className="w-fit rounded py-1 text-ink-soft hover:text-ink">{t('asTable')}</summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard
        <section aria-label={label} tabIndex={0} className="max-h-72 overflow-auto rounded-lg border">
          <table className="w-full border-collapse">
            <thead className="sticky top-0 bg-sunken text-left">
              <tr>
                <th scope="col" className="px-2 py-1 font-medium">
                  {t('time')}
                </th>
                {lines.map(({ name }) => (
                  <th key={name} scope="col" className="px-2 py-1 text-right font-medium whitespace-nowrap">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {times
                .map((time, step) => ({ time, step }))
                .filter(({ step }) => isFilled(step))
                .reverse()
                .map(({ time, step }) => (
                  <tr key={time} className="border-t">
                    <th scope="row" className="px-2 py-1 text-left font-normal whitespace-nowrap">
                      {timeOf(time)}
                    </th>
                    {lines.map(({ name, values }) => (
                      <td key={name} className="px-2 py-1 text-right">
                        {shown(values[step], format)}
                      </td>
                    ))}
                  </tr>
                ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}

const daySeconds = 86_400;
const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const day = { day: 'numeric', month: 'short' } as const;

/** Moments in the reader's language: `tick` below a picture, `step` whole. */
function useTimeWords() {
  const format = useFormatter();
  const tick = useCallback(
    (seconds: number, every: number) => {
      const date = new Date(seconds * 1_000);
      const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
      return format.dateTime(date, every >= daySeconds || isMidnight ? day : clock);
    },
    [format],
  );
  // Whole days are those of UTC, as budgets count them.
  const step = (seconds: number, length: number) =>
    length >= daySeconds
      ? format.dateTime(new Date(seconds * 1_000), { weekday: 'short', ...day, timeZone: 'UTC' })
      : format.dateTimeRange(new Date(seconds * 1_000), new Date((seconds + length) * 1_000), { ...day, ...clock });
  return { tick, step };
}
