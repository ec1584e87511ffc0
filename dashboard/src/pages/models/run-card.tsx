import { useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { Answer } from '../../../../src/contracts/client.ts';
import { useAction } from '../../api/queries.ts';
import { useMay } from '../../api/session.tsx';
import { Ask } from '../../parts/ask.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { useMoney } from '../../parts/money.ts';
import { Loaded } from '../../parts/states.tsx';
import { Answers } from './answers.tsx';
import { useMilliseconds } from './use-milliseconds.ts';
import { useRun } from './use-runs.ts';

type Run = Answer<'getBenchmarkRun'>;
type Result = Run['results'][number];

interface RunCardProps {
  readonly runId: string;
  readonly onClose: () => void;
}

/** One run: what each model scored at each task, and behind it what it said. */
export function RunCard({ runId, onClose }: RunCardProps) {
  const t = useTranslations('models');
  const common = useTranslations('common');
  const mayRun = useMay('operator');
  const run = useRun(runId);
  const cancel = useAction('cancelBenchmark', { done: () => t('runCancelled') });
  const [chosen, setChosen] = useState<Pick<Result, 'model' | 'task'>>();
  return (
    <Card
      title={t('run')}
      aside={
        <div className="flex gap-2">
          {mayRun && run.data?.status === 'running' && (
            <Ask
              trigger={(open) => (
                <Button variant="danger" onClick={open}>
                  {t('cancelRun')}
                </Button>
              )}
              title={t('cancelRun')}
              lead={t('cancelRunLead')}
              confirm={t('cancelRun')}
              isDangerous
              onConfirm={() => cancel.mutateAsync({ params: { runId } })}
            />
          )}
          <Button onClick={onClose}>{common('close')}</Button>
        </div>
      }
    >
      <Loaded query={run} lines={6}>
        {(known) => (
          <>
            <Results run={known} chosen={chosen} onChoose={setChosen} />
            {chosen && <Answers key={`${chosen.model} ${chosen.task}`} runId={runId} {...chosen} />}
          </>
        )}
      </Loaded>
    </Card>
  );
}

interface ResultsProps {
  readonly run: Run;
  readonly chosen: Pick<Result, 'model' | 'task'> | undefined;
  readonly onChoose: (result: Result) => void;
}

function Results({ run, chosen, onChoose }: ResultsProps) {
  return (
    <div className="flex flex-col divide-y">
      {run.models.map((model) => (
        <div key={model} className="px-4 py-3">
          <h3 className="mb-2 font-medium break-all">{model}</h3>
          <ul className="grid gap-2 sm:grid-cols-2 lg:grid-cols-3">
            {run.results
              .filter((result) => result.model === model)
              .map((result) => (
                <li key={result.task}>
                  <ResultTile
                    result={result}
                    isChosen={chosen?.model === model && chosen.task === result.task}
                    onChoose={() => onChoose(result)}
                  />
                </li>
              ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

interface ResultTileProps {
  readonly result: Result;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function ResultTile({ result, isChosen, onChoose }: ResultTileProps) {
  const t = useTranslations('models');
  const format = useFormatter();
  const money = useMoney();
  const milliseconds = useMilliseconds();
  const { task, score, done, items, totalMs, costMicroUsd, error } = result;
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={onChoose}
      className="flex h-full w-full flex-col gap-0.5 rounded-lg border bg-paper px-3 py-2 text-left hover:border-line-strong aria-pressed:border-felt"
    >
      <span className="flex items-baseline justify-between gap-2">
        <span className="min-w-0 truncate text-sm">{task}</span>
        <span className="font-serif text-xl">
          {score === null ? '–' : format.number(score, { style: 'percent', maximumFractionDigits: 0 })}
        </span>
      </span>
      <span className="text-xs text-ink-soft">
        {done < items
          ? t('runProgress', { done, total: items })
          : `${milliseconds(totalMs ?? undefined)} · ${money(costMicroUsd)}`}
      </span>
      {error !== null && <span className="line-clamp-2 text-xs break-words text-blood">{error}</span>}
    </button>
  );
}
