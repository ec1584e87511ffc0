import { useQueryClient } from '@tanstack/react-query';
import { Footprints } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { usePages } from '../../api/pages.ts';
import { useEachWorkerLog } from '../../live/live.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Empty, Failure, Skeleton } from '../../parts/states.tsx';
import type { AgentLoop } from './agent-summary.ts';
import { IdleLoops, LoopEntry } from './loop-entry.tsx';
import { entriesOf } from './loops.ts';

/** Its loops and what it did in them, the latest first. */
export function Activity({ type }: { readonly type: string }) {
  const t = useTranslations('agents');
  const common = useTranslations('common');
  useFreshLoops(type);
  const { query, items } = usePages<'listAgentLoops', AgentLoop>(
    'listAgentLoops',
    { params: { type } },
    { itemsOf: ({ loops }) => loops, behind: ({ id }) => ({ before: id }), limit: 20 },
  );
  return (
    <Card title={t('activity')}>
      {items === undefined &&
        (query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <Skeleton lines={6} />)}
      {items?.length === 0 && (
        <Empty icon={Footprints} title={t('noLoops')}>
          {t('noLoopsLead')}
        </Empty>
      )}
      <ol className="px-4 py-2 empty:hidden">
        {entriesOf(items ?? []).map((entry, index) =>
          entry.kind === 'idle' ? (
            <IdleLoops key={entry.loops[0]?.id} loops={entry.loops} />
          ) : (
            <LoopEntry key={entry.loop.id} loop={entry.loop} isFirst={index === 0} />
          ),
        )}
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

const gatherMs = 2_500;

/** Calls of tools are in no log of events: while the agent works its loops are read anew, now and then. */
function useFreshLoops(type: string): void {
  const queries = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEachWorkerLog(({ agentType }) => {
    if (agentType !== type || timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      for (const name of ['listAgentLoops', 'getAgent']) void queries.invalidateQueries({ queryKey: [name] });
    }, gatherMs);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
}
