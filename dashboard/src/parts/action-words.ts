import { useTranslations } from 'use-intl';
import type { DecisionAction } from '../../../src/contracts/decision.ts';
import { roleName } from './names.ts';

/** What an approval sets in motion, as a sentence. */
export function useActionWords(): (action: DecisionAction) => string {
  const t = useTranslations('decisions');
  return (action) => {
    switch (action.kind) {
      case 'create_task':
        return t('doCreateTask', { agent: roleName(action.task.assignTo), title: action.task.title });
      case 'whitelist_domain':
        return t('doWhitelistDomain', { domain: action.domain, category: action.category });
      case 'start_agent':
        return t('doStartAgent', { agent: roleName(action.agentType) });
      case 'stop_agent':
        return t('doStopAgent', { agent: roleName(action.agentType) });
      case 'change_setting':
        return t('doChangeSetting', {
          setting: `${action.category}.${action.key}`,
          value: JSON.stringify(action.value),
        });
    }
  };
}
