import { CircleCheckBig } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { Fact } from '../../parts/facts.tsx';
import { Empty } from '../../parts/states.tsx';
import { Countdown, Moment, spanOf } from '../../parts/time.tsx';
import type { AgentDetail } from './agent-summary.ts';

/** How its lives ended, and what comes after the next end. */
export function Exits({ agent }: { readonly agent: AgentDetail }) {
  const t = useTranslations('agents');
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[1fr_22rem]">
      <Card title={t('exits')} className="min-w-0">
        {agent.recentExits.length === 0 ? (
          <Empty icon={CircleCheckBig} title={t('noExits')} />
        ) : (
          <ol className="divide-y">
            {agent.recentExits.map((exit) => (
              <Exit key={exit.instanceId} exit={exit} />
            ))}
          </ol>
        )}
      </Card>
      <RestartPlan agent={agent} />
    </div>
  );
}

function Exit({ exit }: { readonly exit: AgentDetail['recentExits'][number] }) {
  const t = useTranslations('agents');
  const { at, code, signal, oomKilled, ranForMs, requested, reason } = exit;
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-4 py-2.5 text-sm">
      <Badge tone={requested ? 'plain' : 'blood'}>{t(requested ? 'requested' : 'unasked')}</Badge>
      <span className="min-w-0 grow break-words">{reason}</span>
      <span className="text-xs text-ink-soft">
        {[
          oomKilled ? t('oom') : undefined,
          signal === null ? undefined : t('exitSignal', { signal }),
          code === null ? undefined : t('exitCode', { code }),
          t('ranFor', { time: spanOf(ranForMs) }),
        ]
          .filter((part) => part !== undefined)
          .join(' · ')}
      </span>
      <Moment at={at} className="shrink-0 text-xs text-ink-soft" />
    </li>
  );
}

function RestartPlan({ agent }: { readonly agent: AgentDetail }) {
  const t = useTranslations('agents');
  const { failures, failuresMax, windowSeconds, healthyAfterSeconds } = agent.restartPlan;
  return (
    <Card title={t('restartPlan')}>
      <dl className="flex flex-col gap-4 p-4">
        <Fact name={t('planFailures')}>
          {t('planOf', { failures, max: failuresMax, minutes: windowSeconds / 60 })}
          <Meter count={failures} max={failuresMax} />
        </Fact>
        {agent.desired === 'running' && agent.pausedBy === null ? (
          <Fact name={t(agent.nextAttemptAt === null ? 'planNext' : 'planWaiting')}>
            <Next agent={agent} />
          </Fact>
        ) : (
          <Fact name={t('planWaiting')}>{t('planStopped')}</Fact>
        )}
      </dl>
      <p className="px-4 pb-4 text-xs text-ink-soft">
        {t('planHealthy', { time: spanOf(healthyAfterSeconds * 1_000) })}
      </p>
    </Card>
  );
}

function Next({ agent: { nextAttemptAt, restartPlan } }: { readonly agent: AgentDetail }) {
  const t = useTranslations('agents');
  const { next } = restartPlan;
  if (next === null) return <span className="text-blood">{t('planGiveUp')}</span>;
  const attempt = t('planAttempt', { attempt: next.attempt, max: next.attemptsMax });
  if (nextAttemptAt !== null) {
    return (
      <>
        {attempt}, <Countdown at={nextAttemptAt} />
      </>
    );
  }
  const wait = next.delayMs === 0 ? t('planAtOnce') : t('planAfter', { time: spanOf(next.delayMs) });
  return next.attempt === 0 ? wait : `${wait} (${attempt})`;
}

const Meter = ({ count, max }: { readonly count: number; readonly max: number }) => (
  <span aria-hidden="true" className="mt-1.5 flex gap-1">
    {Array.from({ length: max }, (_, place) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: told apart by their place alone
      <span key={place} className={`h-1.5 grow rounded-full ${place < count ? 'bg-blood' : 'bg-sunken'}`} />
    ))}
  </span>
);
