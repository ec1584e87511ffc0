import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Dot } from '../../parts/badge.tsx';
import { useMoney } from '../../parts/money.ts';
import { roleName } from '../../parts/names.ts';
import { AgentStanding, agentTone } from '../../parts/standing.tsx';
import { Ago, Countdown } from '../../parts/time.tsx';
import type { AgentSummary } from './agent-summary.ts';

interface AgentRowProps {
  readonly agent: AgentSummary;
  readonly spentMicroUsd: number;
}

/** One agent: a row where there is room, else a card. */
export function AgentRow({ agent, spentMicroUsd }: AgentRowProps) {
  const t = useTranslations('agents');
  const states = useTranslations('states');
  const money = useMoney();
  const { type, name, desired, containerStatus, lastHeartbeat, loopCount, lastLoopAt } = agent;
  return (
    <li className="grid grid-cols-6 gap-x-4 gap-y-2 px-4 py-3 text-sm hover:bg-paper lg:grid-cols-[13rem_10rem_1fr_7rem_8rem_5rem] lg:items-center">
      <div className="col-span-3 flex min-w-0 items-center gap-2.5 lg:col-span-1">
        <Dot tone={agentTone(agent)} isBusy={agent.currentLoop !== null} />
        <h2 className="min-w-0 text-lg leading-tight">
          <Link to="/agents/$type" params={{ type }} className="hover:underline">
            {roleName(type)}
            <span className="block truncate font-sans text-xs text-ink-soft">{name}</span>
          </Link>
        </h2>
      </div>
      <div className="col-span-3 text-right lg:col-span-1 lg:text-left">
        <AgentStanding agent={agent} />
        <p className="mt-0.5 text-xs text-ink-soft">
          {t('wanted', { desired })} · {states(`container_${containerStatus}`)}
        </p>
      </div>
      <p className="col-span-full line-clamp-2 min-w-0 break-words lg:col-span-1">
        <Doing agent={agent} />
      </p>
      <Cell name={t('heartbeat')}>{lastHeartbeat === null ? t('noHeartbeat') : <Ago at={lastHeartbeat} />}</Cell>
      <Cell name={t('loops')}>
        {t('loopCount', { count: loopCount })}
        {lastLoopAt !== null && (
          <span className="hidden lg:block">
            <Ago at={lastLoopAt} />
          </span>
        )}
      </Cell>
      <p className="col-span-2 text-right text-xs text-ink-soft lg:col-span-1 lg:text-sm lg:text-ink">
        <span className="block lg:sr-only">{t('today')} </span>
        {money(spentMicroUsd)}
      </p>
    </li>
  );
}

const Cell = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <p className="col-span-2 text-xs text-ink-soft lg:col-span-1">
    <span className="block lg:sr-only">{name} </span>
    {children}
  </p>
);

/** In a sentence what the agent is about, or why it is about nothing. */
export function Doing({ agent }: { readonly agent: AgentSummary }) {
  const t = useTranslations('agents');
  const { nextAttemptAt, status, because, currentFocus, currentLoop } = agent;
  if (nextAttemptAt !== null) return t.rich('nextAttempt', { when: () => <Countdown at={nextAttemptAt} /> });
  if (status !== 'running') return <span className="text-ink-soft">{because}</span>;
  if (currentFocus !== null) return currentFocus;
  if (currentLoop === null) return <span className="text-ink-soft">{t('resting')}</span>;
  return t('working', { reasons: currentLoop.reasons.map((reason) => reasonWord(t, reason)).join(', ') });
}

const reasons = ['schedule', 'task', 'decision', 'message', 'operator'] as const;

export function reasonWord(t: ReturnType<typeof useTranslations<'agents'>>, reason: string): string {
  const known = reasons.find((each) => each === reason);
  return known === undefined ? reason : t(`reason_${known}`);
}
