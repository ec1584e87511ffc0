import { CircleCheckBig } from 'lucide-react';
import { useEffect, useState } from 'react';
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
  const first = useFirst(items);
  const selected = wanted === undefined ? first : items.find(({ id }) => id === wanted);
  const takeFocus = useFocus(selected?.id);
  const goTo = (id: string | undefined, place: Place): true => {
    onGo(id);
    takeFocus({ id: id ?? selected?.id, place });
    return true;
  };
  const moves = selected ? movesOf(selected) : [];
  const chosen = choice?.id === selected?.id ? moves.find(({ key }) => key === choice?.key) : undefined;
  function choose(move: Move | undefined): void {
    setChoice(move && selected && { id: selected.id, key: move.key });
    if (!move) takeFocus({ id: selected?.id, place: 'heading' });
  }

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
      else if (isWide()) takeFocus({ id: selected?.id, place: 'row' });
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

/** Where nobody has chosen, the first; it stays, whatever comes that is more urgent, until it is done. */
function useFirst(items: readonly Waiting[]): Waiting | undefined {
  const [id, setId] = useState(items[0]?.id);
  const kept = items.find((item) => item.id === id);
  if (!kept && items[0] && items[0].id !== id) setId(items[0].id);
  return kept ?? items[0];
}

type Place = 'row' | 'heading';
interface Wish {
  readonly id: string | undefined;
  readonly place: Place;
}

/** Takes the keyboard along to an item as soon as it is there: to its row in the list, or to the heading of what one reads. */
function useFocus(selectedId: string | undefined): (wish: Wish) => void {
  const [wish, setWish] = useState<Wish>();
  useEffect(() => {
    if (!wish) return;
    const row = document.getElementById(rowId(wish.id ?? ''));
    const isShown = row !== null && row.offsetParent !== null;
    const heading = wish.id === selectedId ? document.getElementById(headingId) : null;
    const target = wish.place === 'row' && isShown ? row : heading;
    if (!target) return;
    target.focus();
    setWish(undefined);
  }, [wish, selectedId]);
  return setWish;
}

const isWide = () => matchMedia('(min-width: 64rem)').matches;
const isOnRow = () =>
  document.activeElement?.id.startsWith(rowId('')) === true && document.activeElement.tagName === 'A';
const isReading = () =>
  document.getElementById(headingId)?.closest('section')?.contains(document.activeElement) === true;
