import { useTranslations } from 'use-intl';
import { useRoute } from '../../api/queries.ts';
import { Badge } from '../../parts/badge.tsx';
import { nameOf } from '../../parts/names.ts';
import { Loaded } from '../../parts/states.tsx';
import { Moment } from '../../parts/time.tsx';
import { runTones } from './run-tones.ts';

/** What came of the last runs of a job. */
export function JobRuns({ jobId }: { readonly jobId: string }) {
  const t = useTranslations('schedules');
  const runs = useRoute('listJobRuns', { params: { id: jobId }, query: { limit: 20 } });
  return (
    <Loaded query={runs}>
      {({ runs: all }) =>
        all.length === 0 ? (
          <p className="py-2 text-ink-soft">{t('noRuns')}</p>
        ) : (
          <ol className="mt-1 divide-y border-t">
            {all.map((run) => (
              <li key={run.id} className="flex flex-wrap items-baseline gap-x-3 py-1.5">
                <Moment at={run.startedAt ?? run.queuedAt} className="w-28 shrink-0 text-xs text-ink-soft" />
                <Badge tone={runTones[run.status]}>{t(`status_${run.status}`)}</Badge>
                <span className="min-w-0 grow break-words">{run.summary}</span>
                <span className="text-xs text-ink-soft">
                  {run.requestedBy !== null && `${t('askedBy', { name: nameOf(run.requestedBy) })} · `}
                  {run.attempt > 1 && `${t('attempt', { attempt: run.attempt })} · `}
                  {run.durationMs !== null && t('took', { ms: run.durationMs })}
                </span>
              </li>
            ))}
          </ol>
        )
      }
    </Loaded>
  );
}
