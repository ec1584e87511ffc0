import { CircleHelp, Globe, HeartCrack, type LucideIcon, RefreshCw, Vote, Wallet } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { EscalationKind } from '../../../../src/contracts/escalation.ts';
import { useWhoseName } from '../../budgets/use-whose-name.ts';
import { nameOf, roleName } from '../../parts/names.ts';
import { agentOf, type Waiting } from './waiting.ts';

type Kind = EscalationKind | 'domain';

const icons: Record<Kind, LucideIcon> = {
  decision: Vote,
  agent_failed: HeartCrack,
  agent_stuck: RefreshCw,
  human_requested: CircleHelp,
  budget_exhausted: Wallet,
  domain: Globe,
};

/** What a thing that waits is called, and what kind of thing it is. */
export function useFace(): (item: Waiting) => { icon: LucideIcon; kind: string; title: string } {
  const t = useTranslations('inbox');
  const whoseName = useWhoseName();
  function titleOf(item: Waiting): string {
    if (item.kind === 'domain')
      return t('domainTitle', { agent: nameOf(item.request.requestedBy), domain: item.request.domain });
    const { escalation } = item;
    switch (escalation.kind) {
      case 'agent_failed':
      case 'agent_stuck':
        return t(`${escalation.kind}_title`, { agent: roleName(agentOf(escalation)) });
      case 'budget_exhausted':
        return t('budget_exhausted_title', { whose: whoseName(escalation.subject.split('.')[0] ?? '') });
      case 'decision':
      case 'human_requested':
        return escalation.title;
    }
  }
  return (item) => {
    const kind = item.kind === 'domain' ? 'domain' : item.escalation.kind;
    return { icon: icons[kind], kind: t(`kind_${kind}`), title: titleOf(item) };
  };
}
