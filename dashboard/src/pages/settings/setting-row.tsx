import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import type { JsonValue } from '../../../../src/contracts/primitives.ts';
import type { SettingEntry } from '../../../../src/contracts/setting-entry.ts';
import { useMay } from '../../api/session.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { nameOf } from '../../parts/names.ts';
import { Ago } from '../../parts/time.tsx';
import { nameOfSetting } from './kinds.ts';
import { SecretActions } from './secret-dialogs.tsx';
import { useDescription, useValueWords } from './use-words.ts';

interface SettingRowProps {
  readonly entry: SettingEntry;
  readonly onEdit: () => void;
}

/** One setting: its name, what it is for, what holds, and who said so. */
export function SettingRow({ entry, onEdit }: SettingRowProps) {
  const t = useTranslations('settings');
  const describe = useDescription();
  const mayChange = useMay('admin');
  return (
    <li className="grid gap-x-4 gap-y-1 px-4 py-3 sm:grid-cols-[1fr_minmax(9rem,16rem)_auto]">
      <div className="min-w-0">
        <h3 className="font-mono text-[0.8rem] break-all">{nameOfSetting(entry)}</h3>
        <p className="text-sm text-ink-soft">{describe(entry)}</p>
        {entry.changedAt !== null && (
          <p className="text-xs text-ink-soft">
            {t.rich('changedBy', {
              who: nameOf(entry.changedBy ?? ''),
              when: () => <Ago at={entry.changedAt ?? ''} />,
            })}
            {entry.note !== null && ` · ${entry.note}`}
          </p>
        )}
      </div>
      <div className="min-w-0 text-sm">{entry.secret ? <SecretState entry={entry} /> : <Value entry={entry} />}</div>
      {mayChange && (
        <div className="flex items-start sm:-mt-1 sm:min-w-20 sm:justify-end">
          <Control entry={entry} onEdit={onEdit} />
        </div>
      )}
    </li>
  );
}

function Value({ entry }: { readonly entry: SettingEntry }) {
  const t = useTranslations('settings');
  const words = useValueWords();
  const shown = words(entry, entry.value);
  const isChanged = JSON.stringify(entry.value) !== JSON.stringify(entry.default);
  const before = words(entry, entry.default);
  return (
    <>
      {shown === undefined ? <Json value={entry.value} /> : <p className="font-medium break-words">{shown}</p>}
      {isChanged && entry.category !== 'custom' && before !== undefined && (
        <p className="text-xs text-ink-soft">{t('defaultIs', { value: before })}</p>
      )}
    </>
  );
}

const Json = ({ value }: { readonly value: JsonValue }) => (
  <details className="group">
    <summary className="truncate rounded font-mono text-xs group-open:text-ink-soft">{JSON.stringify(value)}</summary>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard */}
    <pre tabIndex={0} className="mt-1 max-h-72 overflow-auto rounded-lg bg-sunken p-2 font-mono text-xs">
      {JSON.stringify(value, null, 2)}
    </pre>
  </details>
);

function SecretState({ entry }: { readonly entry: SettingEntry }) {
  const t = useTranslations('settings');
  if (entry.value !== null) return <Badge tone="felt">{t('secretSet')}</Badge>;
  return entry.inEnvironment ? (
    <Badge tone="sky">{t('secretFromEnvironment')}</Badge>
  ) : (
    <Badge>{t('secretMissing')}</Badge>
  );
}

function Control({ entry, onEdit }: SettingRowProps) {
  const t = useTranslations('common');
  const own = useTranslations('settings');
  const { category } = entry;
  if (entry.secret) return <SecretActions entry={entry} />;
  if (category === 'budgets' || category === 'focus')
    return (
      <Link
        {...(category === 'budgets' ? { to: '/models' } : { to: '/settings', search: { tab: 'direction' } as const })}
        className="py-1.5 text-sm text-felt underline"
      >
        {own(category === 'budgets' ? 'toBudgets' : 'toDirection')}
      </Link>
    );
  return (
    <Button variant="bare" aria-label={`${t('edit')}: ${nameOfSetting(entry)}`} onClick={onEdit}>
      {t('edit')}
    </Button>
  );
}
