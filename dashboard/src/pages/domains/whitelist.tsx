import { Globe, Pencil, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { Domain, DomainUsage } from '../../../../src/contracts/domain.ts';
import { useAction, useRoute } from '../../api/queries.ts';
import { useMay } from '../../api/session.tsx';
import { Ask } from '../../parts/ask.tsx';
import { Badge } from '../../parts/badge.tsx';
import { IconButton } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { More } from '../../parts/more.tsx';
import { roleName } from '../../parts/names.ts';
import { Empty, Loaded } from '../../parts/states.tsx';
import { DomainDialog } from './domain-dialog.tsx';
import { DomainName } from './domain-name.tsx';
import { Spark } from './spark.tsx';
import { daysOf, usageDays, useUsage } from './use-usage.ts';

const pageSize = 200;

/** What agents may reach, with how much they do; what was taken away stays in sight below the rest of its page. */
export function Whitelist() {
  const t = useTranslations('domains');
  const [pages, setPages] = useState(1);
  const first = useRoute('listDomains', { query: { limit: pageSize, offset: 0 } });
  const usage = useUsage('allowed', 200);
  const usageOf = new Map(usage.data?.usage.map((row) => [row.domain, row]));
  return (
    <Card
      title={t('whitelist')}
      aside={<span className="text-sm text-ink-soft">{t('usageLead', { days: usageDays })}</span>}
    >
      <Loaded query={first} lines={6}>
        {({ total }) =>
          total === 0 ? (
            <Empty icon={Globe} title={t('noDomains')}>
              {t('noDomainsLead')}
            </Empty>
          ) : (
            <>
              {Array.from({ length: pages }, (_, page) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a page is its number
                <Entries key={page} offset={page * pageSize} usageOf={usageOf} />
              ))}
              <More shown={Math.min(total, pages * pageSize)} total={total} onMore={() => setPages(pages + 1)} />
            </>
          )
        }
      </Loaded>
    </Card>
  );
}

type UsageOf = ReadonlyMap<string, DomainUsage>;

function Entries({ offset, usageOf }: { readonly offset: number; readonly usageOf: UsageOf }) {
  const query = useRoute('listDomains', { query: { limit: pageSize, offset } });
  return (
    <Loaded query={query}>
      {({ domains }) => (
        <ul className={`divide-y ${offset === 0 ? '' : 'border-t'}`}>
          {[...domains]
            .sort((a, b) => Number(b.isActive) - Number(a.isActive))
            .map((domain) => (
              <Entry key={domain.id} entry={domain} usage={usageOf.get(domain.domain)} />
            ))}
        </ul>
      )}
    </Loaded>
  );
}

function Entry({ entry, usage }: { readonly entry: Domain; readonly usage: DomainUsage | undefined }) {
  const t = useTranslations('domains');
  const mayChange = useMay('operator');
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1.5 px-4 py-2.5">
      <div className="min-w-48 flex-1">
        <span className={entry.isActive ? '' : 'text-ink-soft line-through decoration-line-strong'}>
          <DomainName domain={entry.domain} />
        </span>
        {entry.description !== '' && (
          <p className="line-clamp-2 text-xs break-words text-ink-soft">{entry.description}</p>
        )}
      </div>
      <div className="flex w-28 justify-start">
        <Badge tone="plain">{entry.isActive ? entry.category : t('removed')}</Badge>
      </div>
      <Usage usage={usage} />
      {mayChange && <EntryActions entry={entry} />}
    </li>
  );
}

function Usage({ usage }: { readonly usage: DomainUsage | undefined }) {
  const t = useTranslations('domains');
  if (!usage) return <p className="w-56 text-xs text-ink-soft">{t('unused')}</p>;
  return (
    <div className="flex w-56 items-center gap-3">
      <Spark slots={daysOf(usage, 'allowed')} label={t('sparkLabel', { count: usage.allowed, days: usageDays })} />
      <div className="min-w-0 text-xs">
        <p className="font-medium">{t('connections', { count: usage.allowed })}</p>
        <p className="truncate text-ink-soft">{usage.agents.map(roleName).join(', ')}</p>
      </div>
    </div>
  );
}

function EntryActions({ entry }: { readonly entry: Domain }) {
  const t = useTranslations('domains');
  const { domain } = entry;
  const remove = useAction('removeDomain', { done: () => t('removedNow', { domain }) });
  if (!entry.isActive)
    return (
      <div className="ml-auto flex w-20 justify-end">
        <DomainDialog
          entry={entry}
          trigger={(open) => <IconButton icon={Undo2} label={t('allowAgain', { domain })} onClick={open} />}
        />
      </div>
    );
  return (
    <div className="ml-auto flex w-20 justify-end">
      <DomainDialog
        entry={entry}
        trigger={(open) => <IconButton icon={Pencil} label={t('change', { domain })} onClick={open} />}
      />
      <Ask
        trigger={(open) => <IconButton icon={Trash2} label={t('remove', { domain })} onClick={open} />}
        title={t('removeTitle', { domain })}
        lead={t('removeLead')}
        confirm={t('removeConfirm')}
        isDangerous
        onConfirm={() => remove.mutateAsync({ params: { domain } })}
      />
    </div>
  );
}
