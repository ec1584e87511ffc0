import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import type { Escalation } from '../../../../src/contracts/escalation.ts';
import { useRoute } from '../../api/queries.ts';
import { Markdown } from '../../parts/markdown.tsx';
import { nameOf } from '../../parts/names.ts';
import { OnApprove } from '../../parts/on-approve.tsx';
import { Rounds } from '../../parts/rounds.tsx';
import { TierMark } from '../../parts/standing.tsx';
import { Loaded } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { About } from './about.tsx';

/** All one needs to decide in the voters' place. */
export function AboutDecision({ escalation }: { readonly escalation: Escalation }) {
  const t = useTranslations('decisions');
  const inbox = useTranslations('inbox');
  const decision = useRoute('getDecision', { params: { id: escalation.subject } });
  return (
    <>
      <About title={inbox('because')}>
        <p className="break-words">{escalation.reason}</p>
      </About>
      <Loaded query={decision} lines={6}>
        {(all) => (
          <>
            <About title={t('proposal')}>
              <p className="mb-3 flex flex-wrap items-center gap-2 text-sm text-ink-soft">
                <TierMark tier={all.decisionType} />
                {inbox('proposedBy', { name: nameOf(all.proposedBy) })}
                <Ago at={all.createdAt} />
                <Link to="/decisions/$id" params={{ id: all.id }} className="text-felt underline">
                  {inbox('toDecision')}
                </Link>
              </p>
              {all.description === '' ? (
                <p className="text-sm text-ink-soft">{t('noDescription')}</p>
              ) : (
                <Markdown text={all.description} />
              )}
            </About>
            <About title={t('onApprove')}>
              <OnApprove decision={all} />
            </About>
            <About title={t('voting')}>
              <Rounds decision={all} />
            </About>
          </>
        )}
      </Loaded>
    </>
  );
}
