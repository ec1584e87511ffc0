import { Link } from '@tanstack/react-router';
import { Check, Copy, Crosshair, Filter, MousePointerClick } from 'lucide-react';
import { useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { BoardroomEvent } from '../../../../src/contracts/event.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { useSentence } from '../../parts/happening.tsx';
import { nameOf, roleName } from '../../parts/names.ts';
import { Empty } from '../../parts/states.tsx';
import { agentOf } from './filter.ts';
import type { EventsSearch } from './search.ts';
import { subjectsOf } from './subjects.ts';

interface EventDetailProps {
  readonly event: BoardroomEvent | undefined;
  readonly search: EventsSearch;
  /** In a dialog, that has the sentence for its title already. */
  readonly isBare?: boolean;
}

const exact = {
  dateStyle: 'medium',
  timeStyle: 'medium',
} as const;

/** One event with all that it carries, and where to go from it. */
export function EventDetail({ event, search, isBare = false }: EventDetailProps) {
  const t = useTranslations('events');
  const sentence = useSentence();
  if (!event)
    return (
      <Card>
        <Empty icon={MousePointerClick} title={t('nothingChosen')}>
          {t('nothingChosenLead')}
        </Empty>
      </Card>
    );
  const body = (
    <>
      <Facts event={event} />
      <Shortcuts event={event} search={search} />
      <Payload event={event} />
    </>
  );
  if (isBare) return <div className="flex flex-col gap-4">{body}</div>;
  return (
    <Card title={<span className="line-clamp-4 py-1 leading-snug break-words">{sentence(event)}</span>}>
      <div className="flex max-h-[calc(100dvh-17rem)] min-h-80 flex-col gap-4 overflow-y-auto p-4">{body}</div>
    </Card>
  );
}

function Facts({ event }: { readonly event: BoardroomEvent }) {
  const t = useTranslations('events');
  const format = useFormatter();
  const actor = event.payload['actor'];
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
      <dt className="text-ink-soft">{t('kind')}</dt>
      <dd className="min-w-0 font-mono text-xs leading-5 break-words">{event.eventType}</dd>
      <dt className="text-ink-soft">{t('when')}</dt>
      <dd>
        <time dateTime={event.createdAt}>{format.dateTime(new Date(event.createdAt), exact)}</time>
      </dd>
      <dt className="text-ink-soft">{t('place')}</dt>
      <dd>{event.seq}</dd>
      {typeof actor === 'string' && (
        <>
          <dt className="text-ink-soft">{t('actor')}</dt>
          <dd className="min-w-0 break-words">{nameOf(actor)}</dd>
        </>
      )}
    </dl>
  );
}

function Shortcuts({ event, search }: { readonly event: BoardroomEvent; readonly search: EventsSearch }) {
  const t = useTranslations('events');
  const agent = agentOf(event);
  const chip = 'inline-flex min-h-8 items-center gap-1.5 rounded-lg border px-2.5 text-sm hover:bg-sunken';
  return (
    <nav aria-label={t('leads')} className="flex flex-wrap gap-2">
      {subjectsOf(event).map(({ to, kind, name }) => (
        <Link key={`${kind} ${to}`} to={to} className={`${chip} max-w-full text-felt`}>
          <span className="truncate">{t(`to_${kind}`, { name })}</span>
        </Link>
      ))}
      <Link to="/events" search={{ ...search, types: event.eventType }} className={chip}>
        <Filter aria-hidden="true" className="size-3.5" />
        {t('onlyKind')}
      </Link>
      {agent !== undefined && (
        <Link to="/events" search={{ ...search, agent }} className={chip}>
          <Filter aria-hidden="true" className="size-3.5" />
          {t('onlyAgent', { agent: roleName(agent) })}
        </Link>
      )}
      <Link to="/events" search={{ at: justAfter(event.createdAt) }} className={chip}>
        <Crosshair aria-hidden="true" className="size-3.5" />
        {t('around')}
      </Link>
    </nav>
  );
}

/** So that the event itself is the first that is seen. */
const justAfter = (moment: string): string => new Date(Date.parse(moment) + 1).toISOString();

function Payload({ event }: { readonly event: BoardroomEvent }) {
  const t = useTranslations('events');
  const [copied, setCopied] = useState<number>();
  const text = JSON.stringify(event.payload, null, 2);
  const isCopied = copied === event.seq;
  return (
    <div className="min-w-0">
      <div className="mb-1 flex items-center justify-between gap-2">
        <h3 className="text-sm font-medium">{t('payload')}</h3>
        <Button
          variant="bare"
          icon={isCopied ? Check : Copy}
          onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(event.seq))}
        >
          {t(isCopied ? 'copied' : 'copy')}
        </Button>
      </div>
      <pre className="rounded-lg bg-sunken p-3 font-mono text-xs leading-relaxed break-words whitespace-pre-wrap">
        {text}
      </pre>
    </div>
  );
}
