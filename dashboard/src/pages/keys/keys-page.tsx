import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { Answer } from '../../../../src/contracts/client.ts';
import { useAction, useRoute } from '../../api/queries.ts';
import { useMay, useSession } from '../../api/session.tsx';
import { Ask } from '../../parts/ask.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { More } from '../../parts/more.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { Ago, Moment } from '../../parts/time.tsx';
import { NewKey } from './new-key.tsx';

type Key = Answer<'listKeys'>['keys'][number];

const pageMax = 200;

export function KeysPage() {
  const t = useTranslations('keys');
  if (useMay('admin')) return <Keys />;
  return (
    <Page title={t('title')}>
      <Empty icon={KeyRound} title={t('notYours')}>
        {t('notYoursLead')}
      </Empty>
    </Page>
  );
}

function Keys() {
  const t = useTranslations('keys');
  const [limit, setLimit] = useState(50);
  const keys = useRoute('listKeys', { query: { limit } });
  return (
    <Page title={t('title')} lead={t('lead')} actions={<NewKey />}>
      <Card>
        <Loaded query={keys} lines={4}>
          {({ keys: all, total }) => (
            <>
              <ul className="divide-y">
                {[...all].reverse().map((key) => (
                  <KeyRow key={key.id} item={key} />
                ))}
              </ul>
              <More shown={all.length} total={Math.min(total, pageMax)} onMore={() => setLimit(pageMax)} />
            </>
          )}
        </Loaded>
      </Card>
    </Page>
  );
}

function KeyRow({ item }: { readonly item: Key }) {
  const t = useTranslations('keys');
  const roles = useTranslations('shell');
  const { keyId } = useSession();
  const revoke = useAction('revokeKey', { done: () => t('revoked', { name: item.name }) });
  const isGood = item.revokedAt === null && !hasExpired(item);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3">
      <KeyRound aria-hidden="true" className={`size-4.5 ${isGood ? 'text-felt' : 'text-line-strong'}`} />
      <span className="min-w-0 grow">
        <span className={`font-medium ${isGood ? '' : 'text-ink-soft line-through'}`}>{item.name}</span>{' '}
        <span className="text-sm text-ink-soft">
          {roles(`role_${item.role}`)} · {t('createdAt')} <Ago at={item.createdAt} />
          {item.expiresAt !== null && (
            <>
              {' · '}
              {t('expires')} <Moment at={item.expiresAt} />
            </>
          )}
        </span>
      </span>
      {item.id === keyId && <Badge tone="sky">{t('current')}</Badge>}
      {item.revokedAt !== null && <Badge>{t('isRevoked')}</Badge>}
      {item.revokedAt === null && hasExpired(item) && <Badge>{t('isExpired')}</Badge>}
      {item.revokedAt === null && (
        <Ask
          trigger={(open) => (
            <Button variant="danger" onClick={open} aria-label={`${t('revoke')}: ${item.name}`}>
              {t('revoke')}
            </Button>
          )}
          title={t('revokeTitle', { name: item.name })}
          lead={t('revokeLead')}
          confirm={t('revoke')}
          isDangerous
          onConfirm={() => revoke.mutateAsync({ params: { id: item.id } })}
        />
      )}
    </li>
  );
}

const hasExpired = ({ expiresAt }: Key): boolean => expiresAt !== null && Date.parse(expiresAt) <= Date.now();
