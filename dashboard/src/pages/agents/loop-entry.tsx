import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Badge, Dot } from '../../parts/badge.tsx';
import { Moment, spanOf } from '../../parts/time.tsx';
import type { Tone } from '../../parts/tone.ts';
import { reasonWord } from './agent-row.tsx';
import type { AgentLoop } from './agent-summary.ts';
import { argumentsOf, placeOfSubject } from './loops.ts';

const tones: Record<AgentLoop['status'], Tone> = {
  running: 'sky',
  done: 'felt',
  idle: 'plain',
  failed: 'blood',
  interrupted: 'blood',
};

interface LoopEntryProps {
  readonly loop: AgentLoop;
  /** The latest is open from the start. */
  readonly isFirst: boolean;
}

/** One loop: why it was woken, what it called, what came of it. */
export function LoopEntry({ loop, isFirst }: LoopEntryProps) {
  const t = useTranslations('agents');
  const { status, summary, calls, callCount, startedAt, finishedAt, initiative } = loop;
  return (
    <Rung tone={tones[status]} isBusy={status === 'running'}>
      <div className="flex flex-wrap items-baseline gap-x-2.5 gap-y-1">
        <Badge tone={tones[status]}>{t(`loop_${status}`)}</Badge>
        <h3 className="flex min-w-0 flex-wrap gap-x-2 text-sm font-medium">
          {loop.wakes.map((wake) => (
            <Wake key={wake.reason} wake={wake} />
          ))}
          {initiative && <span className="font-normal text-ink-soft">{t('initiative')}</span>}
        </h3>
        <span className="ml-auto shrink-0 text-xs text-ink-soft">
          {finishedAt !== null && `${tookOf(startedAt, finishedAt)} · `}
          <Moment at={startedAt} />
        </span>
      </div>
      {summary !== null && summary !== '' && <p className="mt-1 text-sm break-words">{summary}</p>}
      {callCount > 0 && (
        <details open={isFirst} className="mt-1">
          <summary className="py-0.5 text-xs text-ink-soft hover:text-ink">{t('calls', { count: callCount })}</summary>
          <ol className="mt-1 flex flex-col gap-1 border-l pl-3">
            {calls.map((call) => (
              <Call key={call.id} call={call} />
            ))}
            {callCount > calls.length && (
              <li className="text-xs text-ink-soft">{t('moreCalls', { count: callCount - calls.length })}</li>
            )}
          </ol>
        </details>
      )}
    </Rung>
  );
}

/** Loops with nothing to do: that there were any, and from when to when. */
export function IdleLoops({ loops }: { readonly loops: readonly AgentLoop[] }) {
  const t = useTranslations('agents');
  const [newest, eldest] = [loops[0], loops.at(-1)];
  if (!newest || !eldest) return null;
  return (
    <Rung tone="plain">
      <p className="flex flex-wrap items-baseline gap-x-2.5 text-sm text-ink-soft">
        <span className="grow">{t('idleLoops', { count: loops.length })}</span>
        <span className="text-xs">
          <Moment at={eldest.startedAt} /> – <Moment at={newest.startedAt} />
        </span>
      </p>
    </Rung>
  );
}

interface RungProps {
  readonly tone: Tone;
  readonly isBusy?: boolean;
  readonly children: ReactNode;
}

const Rung = ({ tone, isBusy = false, children }: RungProps) => (
  <li className="group relative flex gap-3 py-2.5">
    <span aria-hidden="true" className="relative flex w-2 shrink-0 justify-center pt-2 leading-none">
      <span className="absolute top-0 -bottom-5 w-px bg-line group-last:hidden" />
      <span className="relative flex h-2">
        <Dot tone={tone} isBusy={isBusy} />
      </span>
    </span>
    <div className="min-w-0 grow">{children}</div>
  </li>
);

function Wake({ wake: { reason, subjects } }: { readonly wake: AgentLoop['wakes'][number] }) {
  const t = useTranslations('agents');
  const linked = subjects.flatMap((id) => {
    const to = placeOfSubject(id);
    return to === undefined ? [] : [{ id, to }];
  });
  return (
    <span>
      {reasonWord(t, reason)}
      {linked.map(({ id, to }) => (
        <Link key={id} to={to} params={{ id }} className="ml-1 font-mono text-xs font-normal text-felt underline">
          …{id.slice(-6)}
        </Link>
      ))}
    </span>
  );
}

function Call({ call }: { readonly call: AgentLoop['calls'][number] }) {
  const t = useTranslations('agents');
  const isRefused = call.actionType === 'refused' || call.actionType.startsWith('violation');
  return (
    <li className="flex min-w-0 flex-wrap items-baseline gap-x-2 text-xs">
      <code className={`font-mono ${isRefused ? 'text-blood' : 'text-ink'}`}>
        {isRefused ? t('refused') : call.actionType}
      </code>
      <span className="line-clamp-2 min-w-0 basis-40 grow break-words text-ink-soft">{argumentsOf(call)}</span>
    </li>
  );
}

/** Tenths of a second matter in a short loop. */
function tookOf(from: string, to: string): string {
  const ms = Math.max(0, Date.parse(to) - Date.parse(from));
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : spanOf(ms);
}
