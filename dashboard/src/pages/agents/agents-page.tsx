import { OctagonPause, Play, Users } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useAction, useRoute } from '../../api/queries.ts';
import { useMay } from '../../api/session.tsx';
import { Ask } from '../../parts/ask.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { roleName } from '../../parts/names.ts';
import { Page } from '../../parts/page.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { AgentRow } from './agent-row.tsx';
import { today } from './days.ts';

/** The team, row by row. */
export function AgentsPage() {
  const t = useTranslations('agents');
  const overview = useTranslations('overview');
  const agents = useRoute('listAgents');
  const usage = useRoute('getUsage', { query: { groupBy: 'agent', from: today() } });
  const costOf = new Map(usage.data?.usage.map(({ agent, costMicroUsd }) => [agent, costMicroUsd]));
  const all = agents.data?.agents ?? [];
  return (
    <Page
      title={t('title')}
      lead={
        agents.data &&
        t('lead', {
          running: all.filter(({ status }) => status === 'running').length,
          total: all.length,
          paused: all.filter(({ pausedBy }) => pausedBy !== null).length,
        })
      }
      actions={<TeamActions hasPaused={all.some(({ pausedBy }) => pausedBy !== null)} />}
    >
      <Card className="overflow-hidden">
        <Loaded query={agents} lines={8}>
          {({ agents: team }) =>
            team.length === 0 ? (
              <Empty icon={Users} title={t('empty')}>
                {t('emptyLead')}
              </Empty>
            ) : (
              <>
                {team.some(({ stale }) => stale) && (
                  <p className="border-b px-4 py-2.5 text-sm text-blood">{overview('stale')}</p>
                )}
                <Columns />
                <ul className="divide-y">
                  {team.map((agent) => (
                    <AgentRow key={agent.type} agent={agent} spentMicroUsd={costOf.get(agent.type) ?? 0} />
                  ))}
                </ul>
              </>
            )
          }
        </Loaded>
      </Card>
    </Page>
  );
}

/** Names for the eye; each row says them for itself to those who hear it. */
function Columns() {
  const t = useTranslations('agents');
  return (
    <div
      aria-hidden="true"
      className="hidden grid-cols-[13rem_10rem_1fr_7rem_8rem_5rem] gap-4 border-b px-4 py-2 text-xs text-ink-soft lg:grid"
    >
      <span>{t('agent')}</span>
      <span>{t('standing')}</span>
      <span>{t('now')}</span>
      <span>{t('heartbeat')}</span>
      <span>{t('loops')}</span>
      <span className="text-right">{t('today')}</span>
    </div>
  );
}

function TeamActions({ hasPaused }: { readonly hasPaused: boolean }) {
  const t = useTranslations('agents');
  const mayAct = useMay('operator');
  const outcome = (word: 'stopAllDone' | 'startAllDone') => (answer: { agents: readonly Confirmed[] }) => {
    const late = answer.agents.filter(({ confirmed }) => !confirmed).map(({ type }) => roleName(type));
    return late.length === 0 ? t(word) : t('someLate', { agents: late.join(', ') });
  };
  const stop = useAction('stopAllAgents', { done: outcome('stopAllDone') });
  const start = useAction('startAllAgents', { done: outcome('startAllDone') });
  if (!mayAct) return null;
  return (
    <>
      {hasPaused && (
        <Ask
          trigger={(open) => (
            <Button icon={Play} onClick={open}>
              {t('startAll')}
            </Button>
          )}
          title={t('startAll')}
          lead={t('startAllLead')}
          confirm={t('startAll')}
          onConfirm={() => start.mutateAsync({})}
        />
      )}
      <Ask
        trigger={(open) => (
          <Button variant="danger" icon={OctagonPause} onClick={open}>
            {t('stopAll')}
          </Button>
        )}
        title={t('stopAll')}
        lead={t('stopAllLead')}
        confirm={t('stopAll')}
        isDangerous
        onConfirm={() => stop.mutateAsync({})}
      />
    </>
  );
}

interface Confirmed {
  readonly type: string;
  readonly confirmed: boolean;
}
