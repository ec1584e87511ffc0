import { useNavigate, useSearch } from '@tanstack/react-router';
import { SearchX } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { SettingEntry } from '../../../../src/contracts/setting-entry.ts';
import { useRoute } from '../../api/queries.ts';
import { useMay } from '../../api/session.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Choice } from '../../parts/choice.tsx';
import { TextField } from '../../parts/fields.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { byCategory, isFound, nameOfSetting } from './kinds.ts';
import { NewSecret } from './secret-dialogs.tsx';
import { SettingDialog } from './setting-dialog.tsx';
import { SettingRow } from './setting-row.tsx';
import { useCategoryName, useDescription } from './use-words.ts';

/** All settings by category, found by their words; those of the secrets besides. */
export function RegistryTab({ query }: { readonly query: string }) {
  const t = useTranslations('settings');
  const registry = useRoute('getSettingsRegistry');
  const search = useSearch({ from: '/settings' });
  const navigate = useNavigate();
  const describe = useDescription();
  const [which, setWhich] = useState<'all' | 'changed'>('all');
  const [edited, setEdited] = useState<string>();
  const isShown = (entry: SettingEntry) =>
    (which === 'all' || entry.changedAt !== null) && isFound(entry, describe(entry), query);
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end gap-3">
        <div className="w-full max-w-md">
          <TextField
            type="search"
            label={t('find')}
            isLabelHidden
            placeholder={t('find')}
            value={query}
            onChange={(q) =>
              void navigate({ to: '/settings', search: { ...search, q: q || undefined }, replace: true })
            }
          />
        </div>
        <Choice
          label={t('which')}
          value={which}
          onChange={setWhich}
          options={[
            ['all', t('showAll')],
            ['changed', t('showChanged')],
          ]}
        />
      </div>
      <Loaded query={registry} lines={12}>
        {({ settings, schemas }) => {
          const categories = byCategory(settings.filter(isShown));
          const entry = settings.find((each) => nameOfSetting(each) === edited);
          return (
            <>
              <Categories categories={categories} isWhole={query === '' && which === 'all'} onEdit={setEdited} />
              <SettingDialog
                entry={entry}
                schema={schemas[entry?.schema ?? ''] ?? {}}
                onClose={() => setEdited(undefined)}
              />
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

interface CategoriesProps {
  readonly categories: readonly (readonly [string, readonly SettingEntry[]])[];
  /** Nothing is filtered out: secrets have their place even where there is none. */
  readonly isWhole: boolean;
  readonly onEdit: (name: string) => void;
}

function Categories({ categories, isWhole, onEdit }: CategoriesProps) {
  const t = useTranslations('settings');
  const categoryName = useCategoryName();
  const mayChange = useMay('admin');
  const [isAdding, setAdding] = useState(false);
  const hasSecrets = categories.some(([category]) => category === 'secrets');
  const shown = isWhole && !hasSecrets ? [...categories, ['secrets', []] as const] : categories;
  if (shown.length === 0)
    return (
      <Empty icon={SearchX} title={t('noneFound')}>
        {t('noneFoundLead')}
      </Empty>
    );
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[11rem_1fr]">
      <nav aria-label={t('categories')} className="sticky top-4 hidden flex-col gap-0.5 xl:flex">
        {shown.map(([category, entries]) => (
          <a
            key={category}
            href={`#${category}`}
            className="flex min-h-8 items-center justify-between rounded-lg px-2.5 text-sm text-ink-soft hover:bg-sunken hover:text-ink"
          >
            {categoryName(category)}
            <span className="text-xs">{entries.length}</span>
          </a>
        ))}
      </nav>
      <div className="flex min-w-0 flex-col gap-4">
        {shown.map(([category, entries]) => (
          <div key={category} id={category} className="scroll-mt-4">
            <Card
              title={categoryName(category)}
              aside={
                category === 'secrets' && mayChange && <Button onClick={() => setAdding(true)}>{t('addSecret')}</Button>
              }
            >
              {entries.length === 0 ? (
                <p className="px-4 py-4 text-sm text-ink-soft">{t('noSecrets')}</p>
              ) : (
                <ul className="divide-y">
                  {entries.map((entry) => (
                    <SettingRow key={nameOfSetting(entry)} entry={entry} onEdit={() => onEdit(nameOfSetting(entry))} />
                  ))}
                </ul>
              )}
            </Card>
          </div>
        ))}
      </div>
      {mayChange && <NewSecret open={isAdding} onOpenChange={setAdding} />}
    </div>
  );
}
