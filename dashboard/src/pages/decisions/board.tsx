import { CircleCheckBig, CircleSlash, Hourglass, type LucideIcon, Vote } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { useRoute } from '../../api/queries.ts';
import { More } from '../../parts/more.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { type ColumnName, columnNames, columns } from './columns.ts';
import { DecisionCard } from './decision-card.tsx';
import type { DecisionsSearch } from './search.ts';

const pageSize = 25;
/** As many as one answer holds: whoever looks for more than that looks with the filters. */
const shownMax = 200;

const faces: Record<ColumnName, { readonly icon: LucideIcon; readonly edge: string }> = {
  pending: { icon: Vote, edge: 'border-t-sky' },
  escalated: { icon: Hourglass, edge: 'border-t-brass' },
  approved: { icon: CircleCheckBig, edge: 'border-t-felt' },
  turnedDown: { icon: CircleSlash, edge: 'border-t-blood' },
};

interface BoardProps {
  readonly search: DecisionsSearch;
  readonly onColumn: (column: ColumnName) => void;
}

/** All decisions by how they stand: side by side where there is room, else one column at a time. */
export function Board({ search, onColumn }: BoardProps) {
  const t = useTranslations('decisions');
  const chosen = search.column ?? 'pending';
  return (
    <>
      <fieldset aria-label={t('columns')} className="flex min-w-0 flex-wrap gap-1.5 lg:hidden">
        {columnNames.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === chosen}
            onClick={() => onColumn(name)}
            className="min-h-9 rounded-full border px-3 text-sm font-medium whitespace-nowrap text-ink-soft aria-pressed:border-felt aria-pressed:bg-felt-tint aria-pressed:text-felt"
          >
            {t(`column_${name}`)}
          </button>
        ))}
      </fieldset>
      <div className="grid items-start gap-4 lg:grid-cols-2 xl:grid-cols-4">
        {columnNames.map((name) => (
          <Column key={name} name={name} search={search} className={name === chosen ? '' : 'hidden lg:block'} />
        ))}
      </div>
    </>
  );
}

interface ColumnProps {
  readonly name: ColumnName;
  readonly search: DecisionsSearch;
  readonly className: string;
}

function Column({ name, search, className }: ColumnProps) {
  const t = useTranslations('decisions');
  const [limit, setLimit] = useState(pageSize);
  const { icon, edge } = faces[name];
  const page = useRoute('listDecisions', {
    query: { status: columns[name].join(','), decisionType: search.tier, search: search.search, limit },
  });
  return (
    <section
      className={`rounded-card border border-t-2 bg-sheet ${edge} ${className}`}
      aria-label={t(`column_${name}`)}
    >
      <header className="flex min-h-12 items-center justify-between gap-2 border-b px-4 py-2">
        <h2 className="text-lg">{t(`column_${name}`)}</h2>
        <span className="text-sm text-ink-soft">{page.data?.total}</span>
      </header>
      <Loaded query={page} lines={5}>
        {({ decisions, total }) =>
          decisions.length === 0 ? (
            <Empty icon={icon} title={t(search.tier || search.search ? 'nothingFound' : `empty_${name}`)} />
          ) : (
            <>
              <ul className="divide-y">
                {decisions.map((decision) => (
                  <li key={decision.id}>
                    <DecisionCard decision={decision} />
                  </li>
                ))}
              </ul>
              {limit < shownMax ? (
                <More
                  shown={decisions.length}
                  total={total}
                  busy={page.isPlaceholderData}
                  onMore={() => setLimit(Math.min(shownMax, limit + pageSize))}
                />
              ) : (
                total > shownMax && <p className="border-t p-3 text-sm text-ink-soft">{t('beyond', { shownMax })}</p>
              )}
            </>
          )
        }
      </Loaded>
    </section>
  );
}
