import { useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { BenchmarkAnswer } from '../../../../src/contracts/benchmark.ts';
import { useRoute } from '../../api/queries.ts';
import { More } from '../../parts/more.tsx';
import { Loaded } from '../../parts/states.tsx';

interface AnswersProps {
  readonly runId: string;
  readonly model: string;
  readonly task: string;
}

const pageSize = 20;
const limitMax = 200;

/** What one model said to the questions of one task, and what the score was given for. */
export function Answers({ runId, model, task }: AnswersProps) {
  const t = useTranslations('models');
  const [limit, setLimit] = useState(pageSize);
  const answers = useRoute('listBenchmarkAnswers', { params: { runId }, query: { model, task, limit } });
  return (
    <section aria-label={t('answersOf', { model, task })} className="border-t">
      <h3 className="px-4 pt-3 text-sm font-medium break-all">{t('answersOf', { model, task })}</h3>
      <Loaded query={answers} lines={4}>
        {({ answers: all, total }) => (
          <>
            <ol className="divide-y">
              {all.map((answer) => (
                <OneAnswer key={answer.id} answer={answer} />
              ))}
            </ol>
            <More
              shown={all.length}
              total={Math.min(total, limitMax)}
              busy={answers.isFetching}
              onMore={() => setLimit(Math.min(limitMax, limit + pageSize))}
            />
          </>
        )}
      </Loaded>
    </section>
  );
}

function OneAnswer({ answer }: { readonly answer: BenchmarkAnswer }) {
  const t = useTranslations('models');
  const format = useFormatter();
  const { item, score, because, error, answer: said, status } = answer;
  return (
    <li className="flex flex-col gap-1 px-4 py-2.5 text-sm">
      <p className="flex items-baseline justify-between gap-3">
        <span className="font-mono text-xs break-all">{item}</span>
        <span>
          {score === null
            ? t(`answer_${status}`)
            : format.number(score, { style: 'percent', maximumFractionDigits: 0 })}
        </span>
      </p>
      {because !== null && <p className="text-xs break-words text-ink-soft">{because}</p>}
      {error !== null && <p className="text-xs break-words text-blood">{error}</p>}
      {said !== null && (
        <details>
          <summary className="w-fit rounded text-xs text-ink-soft hover:text-ink">{t('whatItSaid')}</summary>
          <p className="mt-1 max-h-72 overflow-y-auto rounded-lg bg-sunken p-2 text-xs break-words whitespace-pre-wrap">
            {said}
          </p>
        </details>
      )}
    </li>
  );
}
