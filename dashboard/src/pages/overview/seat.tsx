import { Link } from '@tanstack/react-router';
import { HeartPulse, Wrench } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Dot } from '../../parts/badge.tsx';
import { useMoney } from '../../parts/money.ts';
import { roleName } from '../../parts/names.ts';
import { AgentStanding, agentTone } from '../../parts/standing.tsx';
import { Ago, Countdown } from '../../parts/time.tsx';
import type { AgentSummary } from './agent-summary.ts';

interface SeatProps {
  readonly agent: AgentSummary;
  readonly spentMicroUsd: number;
  readonly lastTool: string | undefined;
}

/** One seat at the table: who, how, at what, and what it costs. */
export function Seat({ agent, spentMicroUsd, lastTool }: SeatProps) {
  const money = useMoney();
  const t = useTranslations('overview');
  const states = useTranslations('states');
  return (
    <article className="flex h-full flex-col gap-1.5 rounded-xl border bg-paper p-3 hover:border-line-strong">
      <div className="flex items-center gap-2">
        <Dot tone={agentTone(agent)} isBusy={agent.currentLoop !== null} />
        <h4 className="min-w-0 grow truncate font-serif text-lg leading-tight">
          <Link to="/agents/$type" params={{ type: agent.type }} className="hover:underline">
            {roleName(agent.type)}
            <span className="ml-1.5 font-sans text-xs text-ink-soft">{agent.name}</span>
          </Link>
        </h4>
        <AgentStanding agent={agent} />
      </div>
      <p className="line-clamp-2 text-sm sm:min-h-10 text-ink">
        <Doing agent={agent} />
      </p>
      <p className="flex items-center gap-1.5 truncate empty:hidden sm:min-h-5 text-xs text-ink-soft">
        {lastTool !== undefined && (
          <>
            <Wrench aria-hidden="true" className="size-3.5 shrink-0" />
            <span className="truncate">{t('tool', { tool: lastTool })}</span>
          </>
        )}
      </p>
      <dl className="flex items-center justify-between gap-2 border-t pt-2 text-xs text-ink-soft">
        <div className="flex items-center gap-1">
          <dt>
            <HeartPulse aria-hidden="true" className="size-3.5" />
            <span className="sr-only">{t('heartbeat')}</span>
          </dt>
          <dd>{agent.lastHeartbeat === null ? t('noHeartbeat') : <Ago at={agent.lastHeartbeat} />}</dd>
        </div>
        <div>
          <dt className="sr-only">{t('container')}</dt>
          <dd>{states(`container_${agent.containerStatus}`)}</dd>
        </div>
        <div className="flex gap-1">
          <dd className="text-ink">{money(spentMicroUsd)}</dd>
          <dt>{t('spendToday')}</dt>
        </div>
      </dl>
    </article>
  );
}

function Doing({ agent }: { readonly agent: AgentSummary }) {
  const t = useTranslations('overview');
  if (agent.nextAttemptAt !== null)
    return t.rich('nextAttempt', { when: () => <Countdown at={agent.nextAttemptAt ?? ''} /> });
  if (agent.status !== 'running') return agent.because;
  if (agent.currentFocus !== null) return agent.currentFocus;
  return agent.currentLoop === null ? t('resting') : t('working', { reasons: agent.currentLoop.reasons.join(', ') });
}
