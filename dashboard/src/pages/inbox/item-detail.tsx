import { ArrowLeft } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '../../parts/button.tsx';
import { Ago, Countdown } from '../../parts/time.tsx';
import { AboutAgent } from './about-agent.tsx';
import { AboutBudget } from './about-budget.tsx';
import { AboutDecision } from './about-decision.tsx';
import { AboutDomain } from './about-domain.tsx';
import { Decide } from './decide.tsx';
import { useFace } from './item-face.ts';
import type { Move } from './moves.ts';
import type { Waiting } from './waiting.ts';

/** Its place in the page, so that the keyboard can go to it. */
export const headingId = 'waiting-heading';

interface ItemDetailProps {
  readonly item: Waiting;
  readonly moves: readonly Move[];
  readonly chosen: Move | undefined;
  readonly onChoose: (move: Move | undefined) => void;
  readonly onDone: () => void;
  readonly onBack: () => void;
}

/** One thing that waits, with all one needs to answer it. */
export function ItemDetail({ item, onBack, ...decide }: ItemDetailProps) {
  const t = useTranslations('inbox');
  const { icon: Icon, kind, title } = useFace()(item);
  return (
    <section aria-labelledby={headingId} className="rounded-card border bg-sheet">
      <header className="px-5 pt-4 pb-4">
        <Button variant="bare" icon={ArrowLeft} className="-ml-3 mb-1 lg:hidden" onClick={onBack}>
          {t('title')}
        </Button>
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
          <Icon aria-hidden="true" className="size-4 text-brass" strokeWidth={1.75} />
          <span className="font-medium text-brass">{kind}</span>
          <span className="text-ink-soft">{t.rich('waits', { ago: () => <Ago at={item.createdAt} /> })}</span>
          {item.kind === 'escalation' && item.dueAt !== undefined && (
            <Countdown at={item.dueAt} className="ml-auto text-ink-soft" />
          )}
        </p>
        <h2 id={headingId} tabIndex={-1} className="mt-1 text-2xl leading-tight break-words">
          {title}
        </h2>
      </header>
      <Body item={item} />
      <Decide key={item.id} {...decide} />
    </section>
  );
}

function Body({ item }: { readonly item: Waiting }) {
  if (item.kind === 'domain') return <AboutDomain request={item.request} />;
  const { escalation } = item;
  switch (escalation.kind) {
    case 'decision':
      return <AboutDecision key={escalation.id} escalation={escalation} />;
    case 'budget_exhausted':
      return <AboutBudget escalation={escalation} />;
    case 'agent_failed':
    case 'agent_stuck':
    case 'human_requested':
      return <AboutAgent key={escalation.id} escalation={escalation} />;
  }
}
