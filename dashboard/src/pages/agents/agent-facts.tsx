import { CircleX, Hourglass } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useRoute } from '../../api/queries.ts';
import { Dot } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { Fact, Facts } from '../../parts/facts.tsx';
import { useMoney } from '../../parts/money.ts';
import { AgentStanding } from '../../parts/standing.tsx';
import { Ago, Countdown, spanOf } from '../../parts/time.tsx';
import { reasonWord } from './agent-row.tsx';
import type { AgentDetail } from './agent-summary.ts';
import { today } from './days.ts';

/** How the agent stands now. */
export function AgentFacts({ agent }: { readonly agent: AgentDetail }) {
  const t = useTranslations('agents');
  const states = useTranslations('states');
  const common = useTranslations('common');
  const { currentLoop, lastHeartbeat, lastLoopAt, containerId, containerStatus } = agent;
  return (
    <Card className="overflow-hidden">
      <Trouble agent={agent} />
      <Facts>
        <Fact name={t('standing')}>
          <AgentStanding agent={agent} />
          <p className="mt-0.5 text-xs text-ink-soft">
            {t('wanted', { desired: agent.desired })} · {agent.because}
          </p>
        </Fact>
        <Fact name={t('atWork')}>
          {currentLoop === null ? (
            t('idle')
          ) : (
            <span className="inline-flex flex-wrap items-center gap-1.5">
              <Dot tone="sky" isBusy />
              {currentLoop.reasons.map((reason) => reasonWord(t, reason)).join(', ')}
              <Ago at={currentLoop.startedAt} className="text-ink-soft" />
            </span>
          )}
        </Fact>
        <Fact name={t('heartbeat')}>
          {lastHeartbeat === null ? t('noHeartbeat') : <Ago at={lastHeartbeat} />}
          <p className="text-xs text-ink-soft">{t(agent.connected ? 'connected' : 'notConnected')}</p>
        </Fact>
        <Fact name={t('containerName')}>
          {states(`container_${containerStatus}`)}
          {containerId !== null && (
            <code className="block truncate font-mono text-xs text-ink-soft">{containerId.slice(0, 24)}</code>
          )}
        </Fact>
        <Fact name={t('loops')}>{t('loopCount', { count: agent.loopCount })}</Fact>
        <Fact name={t('lastLoop')}>{lastLoopAt === null ? common('never') : <Ago at={lastLoopAt} />}</Fact>
        <Fact name={t('rhythm')}>{t('every', { time: spanOf(agent.loopInterval * 1_000) })}</Fact>
        <SpentToday type={agent.type} />
        <Fact name={t('focus')} isWide>
          {agent.currentFocus ?? <span className="text-ink-soft">{t('noFocus')}</span>}
        </Fact>
      </Facts>
    </Card>
  );
}

function SpentToday({ type }: { readonly type: string }) {
  const t = useTranslations('agents');
  const money = useMoney();
  const usage = useRoute('getUsage', { query: { groupBy: 'agent', from: today(), agent: type } });
  return <Fact name={t('spentToday')}>{usage.data && money(usage.data.usage[0]?.costMicroUsd ?? 0)}</Fact>;
}

/** What holds it up, and until when. */
function Trouble({ agent: { status, nextAttemptAt, restartPlan } }: { readonly agent: AgentDetail }) {
  const t = useTranslations('agents');
  const { next, failures, windowSeconds } = restartPlan;
  if (status === 'failed') {
    return (
      <p className="flex items-center gap-2 bg-blood-tint px-4 py-2.5 text-sm text-blood">
        <CircleX aria-hidden="true" className="size-4 shrink-0" />
        {t('gaveUp', { failures, minutes: windowSeconds / 60 })}
      </p>
    );
  }
  if (status !== 'backing_off' || next === null || nextAttemptAt === null) return null;
  return (
    <p className="flex items-center gap-2 bg-sky-tint px-4 py-2.5 text-sm text-sky">
      <Hourglass aria-hidden="true" className="size-4 shrink-0" />
      <span>
        {t('backingOff', { attempt: next.attempt, max: next.attemptsMax })} <Countdown at={nextAttemptAt} />
      </span>
    </p>
  );
}
