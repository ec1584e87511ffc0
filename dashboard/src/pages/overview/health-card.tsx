import { useQuery } from '@tanstack/react-query';
import { BrainCircuit, Container, Database, type LucideIcon, Radio } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { routeQuery, useRoute } from '../../api/queries.ts';
import { Card } from '../../parts/card.tsx';
import { Loaded } from '../../parts/states.tsx';
import { spanOf } from '../../parts/time.tsx';
import { type Tone, textTone } from '../../parts/tone.ts';

const pollMs = 15_000;
const tones: Record<string, Tone> = {
  healthy: 'felt',
  embedded: 'felt',
  preparing: 'sky',
  degraded: 'brass',
  unhealthy: 'blood',
};

/** Whether the house stands: database, Redis, what runs the agents, and the models. */
export function HealthCard() {
  const t = useTranslations('overview');
  // Nobody tells of latency: it has to be asked for.
  const health = useQuery({ ...routeQuery('getSystemHealth'), refetchInterval: pollMs });
  const usage = useRoute('getUsage', {
    query: { groupBy: 'model', from: `${new Date().toISOString().slice(0, 10)}T00:00:00Z` },
  });
  const sum = (name: 'calls' | 'failedCalls') => (usage.data?.usage ?? []).reduce((total, row) => total + row[name], 0);
  return (
    <Card title={t('health')}>
      <Loaded query={health} lines={4}>
        {({ components: { database, redis, runtime }, replica, uptime }) => (
          <>
            <dl className="divide-y">
              <Part icon={Database} name={t('database')} status={database.status}>
                {database.latency !== null && t('latency', { ms: database.latency })}
              </Part>
              <Part icon={Radio} name={t('redis')} status={redis.status}>
                {redis.latency !== null && redis.status !== 'embedded' && t('latency', { ms: redis.latency })}
              </Part>
              <Part icon={Container} name={t('runtime')} status={runtime.status}>
                {runtime.kind}
              </Part>
              <Part icon={BrainCircuit} name={t('models')} status={sum('failedCalls') > 0 ? 'degraded' : 'healthy'}>
                {sum('failedCalls') > 0
                  ? t('failedCalls', { failed: sum('failedCalls') })
                  : t('callsToday', { calls: sum('calls') })}
              </Part>
            </dl>
            <p className="border-t px-4 py-2.5 text-xs text-ink-soft">
              {replica.id}
              {replica.leader && `, ${t('leads')}`} · {t('uptime', { time: spanOf(uptime * 1_000) })}
            </p>
          </>
        )}
      </Loaded>
    </Card>
  );
}

interface PartProps {
  readonly icon: LucideIcon;
  readonly name: string;
  readonly status: 'healthy' | 'unhealthy' | 'embedded' | 'preparing' | 'degraded';
  readonly children: ReactNode;
}

function Part({ icon: Icon, name, status, children }: PartProps) {
  const t = useTranslations('overview');
  return (
    <div className="flex items-center gap-2.5 px-4 py-2 text-sm">
      <Icon aria-hidden="true" className={`size-4 ${textTone[tones[status] ?? 'plain']}`} />
      <dt className="grow">{name}</dt>
      <dd className="text-ink-soft">{children}</dd>
      <dd className={`min-w-16 text-right ${textTone[tones[status] ?? 'plain']}`}>{t(status)}</dd>
    </div>
  );
}
