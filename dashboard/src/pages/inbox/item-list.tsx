import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { Ago, Countdown } from '../../parts/time.tsx';
import { useFace } from './item-face.ts';
import type { Waiting } from './waiting.ts';

interface ItemListProps {
  readonly items: readonly Waiting[];
  readonly selectedId: string | undefined;
}

/** Its place in the page, so that the keyboard can go to it. */
export const rowId = (id: string) => `waiting-${id}`;

/** All that waits, the most urgent on top. */
export function ItemList({ items, selectedId }: ItemListProps) {
  const t = useTranslations('inbox');
  return (
    <ul aria-label={t('list')} className="divide-y">
      {items.map((item) => (
        <li key={item.id}>
          <Row item={item} isSelected={item.id === selectedId} />
        </li>
      ))}
    </ul>
  );
}

const edges = { critical: 'border-l-blood', high: 'border-l-brass', normal: 'border-l-transparent' } as const;

function Row({ item, isSelected }: { readonly item: Waiting; readonly isSelected: boolean }) {
  const t = useTranslations('inbox');
  const { icon: Icon, kind, title } = useFace()(item);
  return (
    <Link
      id={rowId(item.id)}
      to="/inbox"
      search={{ item: item.id }}
      aria-current={isSelected ? 'true' : undefined}
      className={`flex gap-3 border-l-3 px-4 py-3 -outline-offset-2 hover:bg-sunken lg:aria-current:bg-brass-tint/60 ${edges[item.priority]}`}
    >
      <Icon aria-hidden="true" className="mt-0.5 size-4.5 shrink-0 text-brass" strokeWidth={1.75} />
      <span className="min-w-0 grow">
        <span className="line-clamp-2 leading-snug font-medium break-words">{title}</span>
        <span className="mt-0.5 flex flex-wrap justify-between gap-x-2 text-xs text-ink-soft">
          <span>
            {kind}
            {item.priority !== 'normal' && (
              <span className={item.priority === 'critical' ? 'text-blood' : 'text-brass'}>
                {' · '}
                {t(`priority_${item.priority}`)}
              </span>
            )}
          </span>
          {item.kind === 'escalation' && item.dueAt !== undefined ? (
            <Countdown at={item.dueAt} />
          ) : (
            <Ago at={item.createdAt} />
          )}
        </span>
      </span>
    </Link>
  );
}
