import { CircleCheckBig } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { useKeys } from '../../parts/keys.ts';
import { Empty } from '../../parts/states.tsx';
import { headingId, ItemDetail } from './item-detail.tsx';
import { ItemList, rowId } from './item-list.tsx';
import { type Move, useMoves } from './moves.ts';
import { neighbourOf, stepFrom, type Waiting } from './waiting.ts';

interface DeskProps {
  readonly items: readonly Waiting[];
  readonly total: number;
  /** Which one the address names; undefined: none, and where there is room the first is open. */
  readonly wanted: string | undefined;
  readonly onGo: (id: string | undefined) => void;
  readonly onHelp: () => void;
}

/** The list at the left, what is looked at at the right; on a phone one of the two. */
export function Desk({ items, total, wanted, onGo, onHelp }: DeskProps) {
  const t = useTranslations('inbox');
  const movesOf = useMoves();
  const [choice, setChoice] = useState<{ readonly id: string; readonly key: Move['key'] }>();
  const goTo = useFocusAfter(onGo);
  const selected = wanted === undefined ? items[0] : items.find(({ id }) => id === wanted);
  const moves = selected ? movesOf(selected) : [];
  const chosen = choice?.id === selected?.id ? moves.find(({ key }) => key === choice?.key) : undefined;
  const choose = (move: Move | undefined) => setChoice(move && selected && { id: selected.id, key: move.key });

  const step = (by: 1 | -1) => () => {
    const to = stepFrom(items, wanted === undefined && !isWide() ? undefined : selected?.id, by);
    if (to) goTo(to.id, 'row');
    return to !== undefined;
  };
  const press = (key: Move['key']) => () => {
    const move = moves.find((each) => each.key === key);
    if (move && (wanted !== undefined || isWide())) choose(move);
    return move !== undefined;
  };
  // While the detail has the focus, the arrows scroll what one reads.
  const arrow = (by: 1 | -1) => () => !isReading() && step(by)();
  useKeys({
    j: step(1),
    k: step(-1),
    ArrowDown: arrow(1),
    ArrowUp: arrow(-1),
    a: press('a'),
    r: press('r'),
    Enter: () =>
      isOnRow() && selected !== undefined && goTo(document.activeElement?.id.replace(rowId(''), ''), 'heading'),
    Escape: () => {
      if (chosen) choose(undefined);
      else if (isReading() && isWide()) document.getElementById(rowId(selected?.id ?? ''))?.focus();
      else goTo(undefined, 'row');
      return true;
    },
    '?': () => {
      onHelp();
      return true;
    },
  });

  function onDone(): void {
    setChoice(undefined);
    if (selected) goTo(neighbourOf(items, selected.id)?.id, 'heading');
  }

  return (
    <div className="grid items-start gap-4 lg:grid-cols-[22rem_1fr]">
      <Card
        className={`overflow-hidden lg:sticky lg:top-4 lg:max-h-[calc(100dvh-2rem)] lg:overflow-y-auto ${wanted === undefined ? '' : 'hidden lg:block'}`}
      >
        <ItemList items={items} selectedId={selected?.id} />
        {items.length < total && (
          <p className="border-t p-3 text-sm text-ink-soft">{t('beyond', { shown: items.length })}</p>
        )}
      </Card>
      <div className={`min-w-0 ${wanted === undefined ? 'hidden lg:block' : ''}`}>
        {selected ? (
          <ItemDetail
            item={selected}
            moves={moves}
            chosen={chosen}
            onChoose={choose}
            onDone={onDone}
            onBack={() => goTo(undefined, 'row')}
          />
        ) : (
          <Card>
            <Empty icon={CircleCheckBig} title={t('gone')}>
              <p className="mb-3">{t('goneLead')}</p>
              <Button onClick={() => goTo(items[0]?.id, 'heading')}>{t(items.length > 0 ? 'next' : 'toList')}</Button>
            </Empty>
          </Card>
        )}
      </div>
    </div>
  );
}

/** Goes to an item, and once it is there takes the keyboard along: to its row in the list, or to its heading. */
function useFocusAfter(onGo: DeskProps['onGo']) {
  const wish = useRef<{ readonly id: string | undefined; readonly place: 'row' | 'heading' }>(undefined);
  useEffect(() => {
    if (!wish.current) return;
    const { id, place } = wish.current;
    const heading = document.getElementById(headingId);
    const row = id === undefined ? undefined : document.getElementById(rowId(id));
    const target = place === 'row' && row?.offsetParent ? row : heading;
    wish.current = undefined;
    target?.focus();
  });
  return (id: string | undefined, place: 'row' | 'heading'): true => {
    wish.current = { id, place };
    onGo(id);
    return true;
  };
}

const isWide = () => matchMedia('(min-width: 64rem)').matches;
const isOnRow = () =>
  document.activeElement?.id.startsWith(rowId('')) === true && document.activeElement.tagName === 'A';
const isReading = () =>
  document.getElementById(headingId)?.closest('section')?.contains(document.activeElement) === true;
