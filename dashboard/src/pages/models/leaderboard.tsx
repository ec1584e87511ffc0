import { Trophy } from 'lucide-react';
import { useFormatter, useTranslations } from 'use-intl';
import type { LeaderboardEntry } from '../../../../src/contracts/benchmark.ts';
import { useRoute } from '../../api/queries.ts';
import { Card } from '../../parts/card.tsx';
import { useMoney } from '../../parts/money.ts';
import { Empty, Loaded } from '../../parts/states.tsx';
import { ScoreBar } from './score-bar.tsx';
import { useMilliseconds } from './use-milliseconds.ts';

/** The models by their scores over all finished runs. */
export function Leaderboard() {
  const t = useTranslations('models');
  const leaderboard = useRoute('getLeaderboard', { query: { limit: 100 } });
  return (
    <Card title={t('leaderboard')}>
      <Loaded query={leaderboard} lines={5}>
        {({ entries }) =>
          entries.length === 0 ? (
            <Empty icon={Trophy} title={t('noScores')}>
              {t('noScoresLead')}
            </Empty>
          ) : (
            <ol className="divide-y">
              {entries.map((entry) => (
                <Entry key={entry.model} entry={entry} />
              ))}
            </ol>
          )
        }
      </Loaded>
    </Card>
  );
}

function Entry({ entry }: { readonly entry: LeaderboardEntry }) {
  const t = useTranslations('models');
  const format = useFormatter();
  const money = useMoney();
  const milliseconds = useMilliseconds();
  const percent = (score: number) => format.number(score, { style: 'percent', maximumFractionDigits: 0 });
  return (
    <li className="grid grid-cols-[2.25rem_1fr_auto] items-baseline gap-x-3 gap-y-1.5 px-4 py-3">
      <span className="font-serif text-2xl text-ink-soft">{entry.rank}</span>
      <h3 className="min-w-0 font-medium break-all">{entry.model}</h3>
      <span className="font-serif text-2xl">{percent(entry.score)}</span>
      <ul className="col-span-2 col-start-2 grid gap-x-6 gap-y-1 sm:grid-cols-2">
        {entry.tasks.map(({ task, score }) => (
          <li key={task} className="flex items-center gap-2 text-xs">
            <span className="w-28 truncate text-ink-soft">{task}</span>
            <ScoreBar score={score} />
            <span className="w-10 text-right">{percent(score)}</span>
          </li>
        ))}
      </ul>
      <p className="col-span-2 col-start-2 text-xs text-ink-soft">
        {t('entryFacts', {
          first: milliseconds(entry.firstTokenMs ?? undefined),
          whole: milliseconds(entry.totalMs ?? undefined),
          cost: money(entry.costMicroUsd),
        })}
      </p>
    </li>
  );
}
