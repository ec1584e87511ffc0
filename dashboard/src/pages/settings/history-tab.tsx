import { useInfiniteQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { BoardroomEvent } from '../../../../src/contracts/event.ts';
import { client } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { nameOf } from '../../parts/names.ts';
import { Empty, Failure, Skeleton } from '../../parts/states.tsx';
import { Moment } from '../../parts/time.tsx';

const pageSize = 50;

/** Who changed what, the newest first, as far back as the log goes. */
export function HistoryTab() {
  const t = useTranslations('settings');
  const common = useTranslations('common');
  const history = useInfiniteQuery({
    // Under the name of what changes with it: it is read anew at the same time.
    queryKey: ['getSettingsRegistry', 'history'],
    queryFn: ({ pageParam, signal }) =>
      client.call('listEvents', { query: { type: 'setting_changed', limit: pageSize, before: pageParam }, signal }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ events }) => (events.length < pageSize ? undefined : events.at(-1)?.seq),
  });
  if (history.isError && history.data === undefined)
    return <Failure error={history.error} onRetry={() => void history.refetch()} />;
  const changes = history.data?.pages.flatMap(({ events }) => events);
  return (
    <Card title={t('tab_history')}>
      {changes === undefined && <Skeleton lines={8} />}
      {changes?.length === 0 && (
        <Empty icon={History} title={t('noHistory')}>
          {t('noHistoryLead')}
        </Empty>
      )}
      <ol className="divide-y">
        {changes?.map((change) => (
          <Change key={change.seq} change={change} />
        ))}
      </ol>
      {history.hasNextPage && (
        <div className="flex justify-center border-t p-3">
          <Button busy={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
            {common('more')}
          </Button>
        </div>
      )}
    </Card>
  );
}

function Change({ change }: { readonly change: BoardroomEvent }) {
  const t = useTranslations('settings');
  const { category, key, value, before, actor, reset } = change.payload;
  return (
    <li className="flex flex-col gap-1 px-4 py-2.5 text-sm">
      <p className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="min-w-0 break-words">
          {t.rich(reset === true ? 'historyReset' : 'historyChanged', {
            who: nameOf(String(actor)),
            name: () => <span className="font-mono text-xs break-all">{`${category}.${key}`}</span>,
          })}
        </span>
        <Moment at={change.createdAt} className="text-xs text-ink-soft" />
      </p>
      <p className="flex flex-wrap gap-x-2 font-mono text-xs break-all text-ink-soft">
        {before !== null && before !== undefined && <del>{shortly(before)}</del>}
        <ins className="text-ink no-underline">{value === null ? '–' : shortly(value)}</ins>
      </p>
    </li>
  );
}

const shownMax = 240;
const shortly = (value: unknown): string => {
  const text = JSON.stringify(value) ?? '';
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text;
};
