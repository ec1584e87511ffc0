import { useParams } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { useRoute } from '../../api/queries.ts';
import { useMay } from '../../api/session.tsx';
import { BackLink } from '../../parts/back-link.tsx';
import { roleName } from '../../parts/names.ts';
import { Page } from '../../parts/page.tsx';
import { Failure, Skeleton } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { useAddress } from '../../parts/use-address.ts';
import { Activity } from './activity.tsx';
import { AgentActions } from './agent-actions.tsx';
import { AgentFacts } from './agent-facts.tsx';
import type { AgentDetail } from './agent-summary.ts';
import { AgentTasks } from './agent-tasks.tsx';
import { Exits } from './exits.tsx';
import { LogView } from './log/log-view.tsx';
import { Memory } from './memory.tsx';
import { Profile } from './profile.tsx';
import { agentSearch, agentTabs } from './search.ts';
import { Spend } from './spend.tsx';

/** One agent from all sides. */
export function AgentPage() {
  const t = useTranslations('agents');
  const { type = '' } = useParams({ strict: false });
  const { data: agent, error, isError, refetch } = useRoute('getAgent', { params: { type } });
  const above = <BackLink to="/agents">{t('title')}</BackLink>;
  if (agent === undefined || agent.type !== type) {
    return (
      <Page title={roleName(type)} above={above}>
        {isError ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton lines={8} />}
      </Page>
    );
  }
  return (
    // Another agent is another page: no log, search or half-written message goes along.
    <Page key={type} title={roleName(type)} above={above} lead={agent.name} actions={<AgentActions agent={agent} />}>
      <AgentFacts agent={agent} />
      <Sides agent={agent} />
    </Page>
  );
}

function Sides({ agent }: { readonly agent: AgentDetail }) {
  const t = useTranslations('agents');
  const [{ tab = 'activity' }, change] = useAddress(agentSearch);
  const mayReadLogs = useMay('operator');
  const { type } = agent;
  const sides = {
    activity: <Activity type={type} />,
    log: <LogView type={type} />,
    tasks: <AgentTasks type={type} />,
    memory: <Memory type={type} />,
    spend: <Spend type={type} />,
    exits: <Exits agent={agent} />,
    profile: <Profile type={type} />,
  };
  const shown = agentTabs.filter((each) => each !== 'log' || mayReadLogs);
  return (
    <Tabs
      label={t('sides')}
      value={shown.includes(tab) ? tab : 'activity'}
      onChange={(chosen) => change({ tab: chosen })}
      tabs={shown.map((each) => ({ value: each, label: t(`tab_${each}`), content: sides[each] }))}
    />
  );
}
