import { History } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { BoardroomEvent } from '../../../../src/contracts/event.ts';
import { usePages } from '../../api/pages.ts';
import { Dot } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { toneOf, useSentence } from '../../parts/happening.tsx';
import { Empty, Failure, Skeleton } from '../../parts/states.tsx';
import { Moment } from '../../parts/time.tsx';

const pageSize = 50;

/** What happened to the task, the latest first. */
export function TaskHistory({ id }: { readonly id: string }) {
  const t = useTranslations('tasks');
  const common = useTranslations('common');
  const sentence = useSentence();
  const { query, items } = usePages<'getTaskEvents', BoardroomEvent>(
    'getTaskEvents',
    { params: { id } },
    { itemsOf: ({ events }) => events, behind: ({ seq }) => ({ before: seq }), limit: pageSize },
  );
  return (
    <Card title={t('history')}>
      {items === undefined &&
        (query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <Skeleton />)}
      {items?.length === 0 && <Empty icon={History} title={t('noHistory')} />}
      <ol className="divide-y empty:hidden">
        {items?.map((event) => (
          <li key={event.seq} className="flex items-baseline gap-2.5 px-4 py-2 text-sm">
            <Dot tone={toneOf(event)} />
            <span className="min-w-0 grow break-words">{sentence(event)}</span>
            <Moment at={event.createdAt} className="shrink-0 text-xs text-ink-soft" />
          </li>
        ))}
      </ol>
      {query.hasNextPage && (
        <div className="border-t p-3 text-center">
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {common('more')}
          </Button>
        </div>
      )}
    </Card>
  );
}
