import { useTranslations } from 'use-intl';
import type { JsonValue } from '../../../../src/contracts/primitives.ts';
import type { SettingEntry } from '../../../../src/contracts/setting-entry.ts';
import { roleName } from '../../parts/names.ts';
import { useLanguage } from '../../words/language.tsx';
import { germanDescription } from './german.ts';
import { durationOf } from './kinds.ts';

const named = [
  'queue',
  'decisions',
  'tasks',
  'llm',
  'escalation',
  'permissions',
  'focus',
  'memory',
  'benchmark',
  'archive',
  'retention',
  'agents',
  'budgets',
  'secrets',
  'custom',
] as const;

/** A category in the reader's language; one that is new has its own name. */
export function useCategoryName(): (category: string) => string {
  const t = useTranslations('settings');
  return (category) => {
    const known = named.find((name) => name === category);
    return known === undefined ? category : t(`category_${known}`);
  };
}

/** What a setting is for. The orchestrator says it in English. */
export function useDescription(): (entry: SettingEntry) => string {
  const t = useTranslations('settings');
  const { language } = useLanguage();
  return (entry) => {
    const said = (language === 'de' ? germanDescription(entry) : undefined) ?? entry.description;
    if (entry.category === 'secrets')
      return entry.agents.length === 0
        ? t('lentToNobody')
        : t('lentTo', { roles: entry.agents.map(roleName).join(', ') });
    if (said === '') return entry.note ?? '';
    return entry.agents.length === 0 ? said : `${entry.agents.map(roleName).join(', ')}: ${said}`;
  };
}

/** A value as people say it; undefined where only JSON says it. */
export function useValueWords(): (entry: Pick<SettingEntry, 'unit'>, value: JsonValue) => string | undefined {
  const t = useTranslations('settings');
  return ({ unit }, value) => {
    if (typeof value === 'number') return unit === null ? String(value) : durationOf(value, unit);
    if (typeof value === 'boolean') return t(value ? 'on' : 'off');
    if (value === null) return t('notSet');
    if (typeof value === 'string') return value;
    return Object.keys(value).length === 0 ? t('nothingSet') : undefined;
  };
}
