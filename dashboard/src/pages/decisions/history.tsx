import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { useRoute } from '../../api/queries.ts';
import { Dot } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { toneOf, useSentence } from '../../parts/happening.tsx';
import { Loaded } from '../../parts/states.tsx';
import { Moment } from '../../parts/time.tsx';

const pageSize = 30;
const shownMax = 200;

/** What the log tells of a decision, newest first. */
export function History({ id }: { readonly id: string }) {
  const t = useTranslations('decisions');
  const common = useTranslations('common');
  const sentence = useSentence();
  const [limit, setLimit] = useState(pageSize);
  const history = useRoute('getDecisionEvents', { params: { id }, query: { limit } });
  return (
    <Card title={t('history')}>
      <Loaded query={history}>
        {({ events }) =>
          events.length === 0 ? (
            <p className="p-4 text-sm text-ink-soft">{t('historyGone')}</p>
          ) : (
            <>
              <ol className="divide-y">
                {events.map((event) => (
                  <li key={event.seq} className="flex items-baseline gap-2.5 px-4 py-2 text-sm">
                    <Dot tone={toneOf(event)} />
                    <span className="min-w-0 grow break-words">{sentence(event)}</span>
                    <Moment at={event.createdAt} className="shrink-0 text-xs text-ink-soft" />
                  </li>
                ))}
              </ol>
              {events.length === limit && limit < shownMax && (
                <p className="border-t p-3 text-center">
                  <Button busy={history.isPlaceholderData} onClick={() => setLimit(shownMax)}>
                    {common('more')}
                  </Button>
                </p>
              )}
            </>
          )
        }
      </Loaded>
    </Card>
  );
}
