import { useNavigate, useSearch } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslations } from 'use-intl';
import { type Tier, tierOrder } from '../../../../src/contracts/policy.ts';
import { useMay } from '../../api/session.tsx';
import { Button } from '../../parts/button.tsx';
import { Select, TextField } from '../../parts/fields.tsx';
import { Page } from '../../parts/page.tsx';
import { Board } from './board.tsx';
import type { DecisionsSearch } from './search.ts';

const Propose = lazy(() => import('./propose.tsx').then(({ Propose: component }) => ({ default: component })));

/** What the team decides: under way, waiting for a human, and decided. */
export function DecisionsPage() {
  const t = useTranslations('decisions');
  const mayPropose = useMay('operator');
  const [isProposing, setProposing] = useState(false);
  const search = useSearch({ from: '/decisions' });
  const navigate = useNavigate();
  const narrow = (change: DecisionsSearch) =>
    void navigate({ to: '/decisions', search: { ...search, ...change }, replace: true });
  return (
    <Page
      title={t('title')}
      lead={t('lead')}
      actions={
        mayPropose && (
          <Button variant="primary" icon={Plus} onClick={() => setProposing(true)}>
            {t('propose')}
          </Button>
        )
      }
    >
      <search className="flex flex-wrap items-end gap-3">
        <div className="min-w-40 grow sm:max-w-72">
          <TextField
            type="search"
            label={t('searchTitle')}
            isLabelHidden
            placeholder={t('searchTitle')}
            max={200}
            value={search.search ?? ''}
            onChange={(text) => narrow({ search: text.trim() === '' ? undefined : text })}
          />
        </div>
        <div className="w-44">
          <Select<Tier | ''>
            label={t('tier')}
            isLabelHidden
            value={search.tier ?? ''}
            onChange={(tier) => narrow({ tier: tier === '' ? undefined : tier })}
            options={[['', t('everyTier')], ...tierOrder.map((tier) => [tier, t(`tierName_${tier}`)] as const)]}
          />
        </div>
      </search>
      <Board search={search} onColumn={(column) => narrow({ column })} />
      {isProposing && (
        <Suspense>
          <Propose onClose={() => setProposing(false)} />
        </Suspense>
      )}
    </Page>
  );
}
