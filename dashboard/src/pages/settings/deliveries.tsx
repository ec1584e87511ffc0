import { useInfiniteQuery } from '@tanstack/react-query';
import { MailCheck } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { Notification, NotificationStatus } from '../../../../src/contracts/notification.ts';
import { client } from '../../api/client.ts';
import { useAction } from '../../api/queries.ts';
import { useMay } from '../../api/session.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Choice } from '../../parts/choice.tsx';
import { More } from '../../parts/more.tsx';
import { Empty, Failure, Skeleton } from '../../parts/states.tsx';
import { Ago, Countdown } from '../../parts/time.tsx';
import type { Tone } from '../../parts/tone.ts';

const pageSize = 25;
/** While something is under way: that it has arrived is no event. */
const pendingMs = 10_000;

/** What was sent to whom, and what did not arrive. */
export function Deliveries() {
  const t = useTranslations('settings');
  const [status, setStatus] = useState<'all' | NotificationStatus>('all');
  const deliveries = useInfiniteQuery({
    queryKey: ['listNotifications', status],
    queryFn: ({ pageParam, signal }) =>
      client.call('listNotifications', {
        query: { limit: pageSize, before: pageParam, status: status === 'all' ? undefined : status },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ notifications }) => (notifications.length < pageSize ? undefined : notifications.at(-1)?.id),
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ notifications }) => notifications.some((each) => each.status === 'pending')) &&
      pendingMs,
  });
  const all = deliveries.data?.pages.flatMap(({ notifications }) => notifications);
  const total = deliveries.data?.pages[0]?.total ?? 0;
  return (
    <Card
      title={t('deliveries')}
      aside={
        <Choice
          label={t('which')}
          value={status}
          onChange={setStatus}
          options={[
            ['all', t('showAll')],
            ['pending', t('showPending')],
            ['failed', t('showFailed')],
          ]}
        />
      }
    >
      {deliveries.isError && all === undefined && (
        <Failure error={deliveries.error} onRetry={() => void deliveries.refetch()} />
      )}
      {deliveries.isPending && <Skeleton lines={6} />}
      {all?.length === 0 && <Empty icon={MailCheck} title={t('noDeliveries')} />}
      <ol className="divide-y">
        {all?.map((delivery) => (
          <Delivery key={delivery.id} delivery={delivery} />
        ))}
      </ol>
      {all && deliveries.hasNextPage && (
        <More
          shown={all.length}
          total={Math.max(total, all.length + 1)}
          busy={deliveries.isFetchingNextPage}
          onMore={() => void deliveries.fetchNextPage()}
        />
      )}
    </Card>
  );
}

const tones: Record<NotificationStatus, Tone> = { pending: 'sky', sent: 'felt', failed: 'blood' };

function Delivery({ delivery }: { readonly delivery: Notification }) {
  const t = useTranslations('settings');
  const mayRetry = useMay('operator');
  const { id, title, channel, status, attempts, lastError, nextAttemptAt, createdAt } = delivery;
  const retry = useAction('retryNotification', { done: () => t('retried') });
  return (
    <li className="flex flex-col gap-1 px-4 py-2.5 text-sm">
      <div className="flex items-baseline justify-between gap-3">
        <span className="min-w-0 break-words">{title}</span>
        <Badge tone={tones[status]}>{t(`delivery_${status}`)}</Badge>
      </div>
      <p className="flex flex-wrap gap-x-2 text-xs text-ink-soft">
        <span className="font-medium">{channel}</span>
        <Ago at={createdAt} />
        <span>{t('attempts', { attempts })}</span>
        {nextAttemptAt !== null && <span>{t.rich('nextTry', { when: () => <Countdown at={nextAttemptAt} /> })}</span>}
      </p>
      {lastError !== null && status !== 'sent' && <p className="text-xs break-words text-blood">{lastError}</p>}
      {status === 'failed' && mayRetry && (
        <Button className="self-start" busy={retry.isPending} onClick={() => retry.mutate({ params: { id } })}>
          {t('tryAgain')}
        </Button>
      )}
    </li>
  );
}
