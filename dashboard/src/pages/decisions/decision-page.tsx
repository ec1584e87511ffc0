import { Link, useParams } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useRoute } from '../../api/queries.ts';
import { Card } from '../../parts/card.tsx';
import { Markdown } from '../../parts/markdown.tsx';
import { OnApprove } from '../../parts/on-approve.tsx';
import { Page } from '../../parts/page.tsx';
import { Rounds } from '../../parts/rounds.tsx';
import { DecisionStanding, TierMark } from '../../parts/standing.tsx';
import { Loaded } from '../../parts/states.tsx';
import { Countdown } from '../../parts/time.tsx';
import { DecisionActions } from './decision-actions.tsx';
import { Facts } from './facts.tsx';
import { History } from './history.tsx';

/** One decision in full. */
export function DecisionPage() {
  const t = useTranslations('decisions');
  const { id } = useParams({ from: '/decisions/$id' });
  const decision = useRoute('getDecision', { params: { id } });
  const shown = decision.data?.id === id ? decision.data : undefined;
  return (
    <Page
      title={shown?.title ?? t('one')}
      above={
        <Link to="/decisions" className="inline-flex items-center gap-1.5 self-start text-sm text-felt hover:underline">
          <ArrowLeft aria-hidden="true" className="size-4" />
          {t('title')}
        </Link>
      }
      lead={
        shown && (
          <span className="flex flex-wrap items-center gap-2">
            <DecisionStanding status={shown.status} />
            <TierMark tier={shown.decisionType} />
            {shown.status === 'pending' && shown.deadline !== null && (
              <Countdown at={shown.deadline} className="text-sm" />
            )}
          </span>
        )
      }
      actions={shown && <DecisionActions decision={shown} />}
    >
      <Loaded query={decision} lines={8}>
        {(all) => (
          <div className="grid items-start gap-4 lg:grid-cols-[1fr_20rem]">
            <div className="flex min-w-0 flex-col gap-4">
              <Card title={t('proposal')}>
                <div className="p-4">
                  {all.description === '' ? (
                    <p className="text-sm text-ink-soft">{t('noDescription')}</p>
                  ) : (
                    <Markdown text={all.description} />
                  )}
                </div>
              </Card>
              <Card title={t('voting')}>
                <div className="p-4">
                  <Rounds decision={all} />
                </div>
              </Card>
            </div>
            <div className="flex min-w-0 flex-col gap-4">
              <Facts decision={all} />
              <Card title={t('onApprove')}>
                <div className="p-4">
                  <OnApprove decision={all} />
                </div>
              </Card>
              <History id={id} />
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  );
}
