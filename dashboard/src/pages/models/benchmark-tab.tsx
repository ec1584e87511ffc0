import { FlaskConical } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { BenchmarkRun } from '../../../../src/contracts/benchmark.ts';
import { useMay } from '../../api/session.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Meter } from '../../parts/meter.tsx';
import { More } from '../../parts/more.tsx';
import { nameOf } from '../../parts/names.ts';
import { Empty, Loaded } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import type { Tone } from '../../parts/tone.ts';
import { Leaderboard } from './leaderboard.tsx';
import { NewBenchmark } from './new-benchmark.tsx';
import { RunCard } from './run-card.tsx';
import { useRunningRuns } from './use-runs.ts';

interface BenchmarkTabProps {
  /** The run that is looked at. */
  readonly runId: string | undefined;
  readonly onRun: (runId: string | undefined) => void;
}

/** Which model is how good at what: over all runs, and run by run. */
export function BenchmarkTab({ runId, onRun }: BenchmarkTabProps) {
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[1fr_24rem]">
      <div className="flex min-w-0 flex-col gap-4">
        {runId !== undefined && <RunCard key={runId} runId={runId} onClose={() => onRun(undefined)} />}
        <Leaderboard />
      </div>
      <Runs runId={runId} onRun={onRun} />
    </div>
  );
}

const pageSize = 20;
const limitMax = 200;

function Runs({ runId, onRun }: BenchmarkTabProps) {
  const t = useTranslations('models');
  const [limit, setLimit] = useState(pageSize);
  const runs = useRunningRuns(limit);
  const mayRun = useMay('operator');
  const [isAsking, setAsking] = useState(false);
  return (
    <Card title={t('runs')} aside={mayRun && <Button onClick={() => setAsking(true)}>{t('newRun')}</Button>}>
      <Loaded query={runs} lines={5}>
        {({ runs: all, total }) =>
          all.length === 0 ? (
            <Empty icon={FlaskConical} title={t('noRuns')}>
              {t('noRunsLead')}
            </Empty>
          ) : (
            <>
              <ul className="divide-y">
                {all.map((run) => (
                  <RunRow key={run.runId} run={run} isShown={run.runId === runId} onShow={() => onRun(run.runId)} />
                ))}
              </ul>
              <More
                shown={all.length}
                total={Math.min(total, limitMax)}
                onMore={() => setLimit(Math.min(limitMax, limit + pageSize))}
              />
            </>
          )
        }
      </Loaded>
      {mayRun && <NewBenchmark open={isAsking} onOpenChange={setAsking} onRun={onRun} />}
    </Card>
  );
}

const tones: Record<BenchmarkRun['status'], Tone> = { running: 'sky', finished: 'felt', cancelled: 'plain' };

interface RunRowProps {
  readonly run: BenchmarkRun;
  readonly isShown: boolean;
  readonly onShow: () => void;
}

function RunRow({ run, isShown, onShow }: RunRowProps) {
  const t = useTranslations('models');
  const progress = t('runProgress', { done: run.done, total: run.total });
  return (
    <li>
      <button
        type="button"
        aria-current={isShown || undefined}
        onClick={onShow}
        className="flex w-full flex-col gap-1 px-4 py-2.5 text-left text-sm hover:bg-sunken aria-current:bg-felt-tint"
      >
        <span className="flex items-baseline justify-between gap-2">
          <span className="min-w-0 font-medium break-all">{run.models.join(', ')}</span>
          <Badge tone={tones[run.status]}>{t(`run_${run.status}`)}</Badge>
        </span>
        <span className="text-xs break-words text-ink-soft">{run.tasks.join(', ')}</span>
        <span className="text-xs text-ink-soft">
          {nameOf(run.createdBy)}, <Ago at={run.createdAt} /> · {progress}
        </span>
      </button>
      {run.status === 'running' && (
        <div className="px-4 pb-3">
          <Meter label={t('runs')} text={progress} value={run.done} max={run.total} tone="felt" />
        </div>
      )}
    </li>
  );
}
