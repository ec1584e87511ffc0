import { useSyncExternalStore } from 'react';
import { useFormatter, useTranslations } from 'use-intl';

/** One clock for all that tells how long ago: it goes once a second while anybody looks. */
const watchers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  timer ??= setInterval(tick, 1_000);
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = Date.now();
  for (const watcher of watchers) watcher();
}

/** What a text says changes only when the text does: the clock ticks for all, and few are drawn anew. */
const useTicking = <T,>(read: (now: number) => T): T => useSyncExternalStore(watch, () => read(now));

interface TimeProps {
  /** ISO 8601. */
  readonly at: string;
  readonly className?: string;
}

/** "3 minutes ago", with the moment itself as a tooltip. */
export function Ago({ at, className }: TimeProps) {
  const t = useTranslations('common');
  const format = useFormatter();
  const moment = Date.parse(at);
  const text = useTicking((current) =>
    Math.abs(current - moment) < 5_000 ? t('justNow') : format.relativeTime(moment, { now: current, style: 'short' }),
  );
  return (
    <time dateTime={at} title={format.dateTime(new Date(moment), exact)} className={className}>
      {text}
    </time>
  );
}

/** Time left until a deadline: "2 h 05 min". */
export function Countdown({ at, className }: TimeProps) {
  const t = useTranslations('common');
  const format = useFormatter();
  const moment = Date.parse(at);
  const text = useTicking((current) =>
    moment <= current ? t('overdue') : t('left', { time: spanOf(moment - current) }),
  );
  return (
    <time dateTime={at} title={format.dateTime(new Date(moment), exact)} className={className}>
      {text}
    </time>
  );
}

/** The moment itself; of today only the hour. */
export function Moment({ at, className }: TimeProps) {
  const format = useFormatter();
  const date = new Date(at);
  const isToday = date.toDateString() === new Date(now).toDateString();
  return (
    <time dateTime={at} title={format.dateTime(date, exact)} className={className}>
      {format.dateTime(date, isToday ? hour : short)}
    </time>
  );
}

export const hour = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
const short = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const exact = { dateStyle: 'full', timeStyle: 'medium' } as const;

/** Milliseconds as the two largest units that matter: "3 d 4 h", "2 h 5 min", "4 min 10 s", "8 s". */
export function spanOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  if (minutes > 0) return `${minutes} min ${seconds % 60} s`;
  return `${seconds} s`;
}
