import { Link } from '@tanstack/react-router';
import { Activity } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { BoardroomEvent } from '../../../../src/contracts/event.ts';
import { useRoute } from '../../api/queries.ts';
import { useRecentEvents } from '../../live/live.tsx';
import { Dot } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { placeOf, toneOf, useSentence } from '../../parts/happening.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { Moment } from '../../parts/time.tsx';
import { Beat } from './beat.tsx';

const shownMax = 14;

/** What happens: how much of it, and the last of it in sentences. */
export function Pulse() {
  const t = useTranslations('overview');
  const before = useRoute('listEvents', { query: { limit: 100 } });
  const live = useRecentEvents();
  const eldestLive = live.at(-1)?.seq ?? Number.POSITIVE_INFINITY;
  const events = [...live, ...(before.data?.events ?? []).filter(({ seq }) => seq < eldestLive)];
  return (
    <Card
      title={t('pulse')}
      aside={
        <Link to="/events" className="text-sm text-felt underline">
          {t('allEvents')}
        </Link>
      }
    >
      <Loaded query={before} lines={6}>
        {() =>
          events.length === 0 ? (
            <Empty icon={Activity} title={t('noEvents')}>
              {t('noEventsLead')}
            </Empty>
          ) : (
            <>
              <Beat events={events} />
              <ol className="divide-y border-t">
                {events
                  .filter(isNews)
                  .slice(0, shownMax)
                  .map((event) => (
                    <Line key={event.seq} event={event} />
                  ))}
              </ol>
            </>
          )
        }
      </Loaded>
    </Card>
  );
}

/** A status is on the seat already, and what led to it has an event of its own. */
const isNews = ({ eventType }: BoardroomEvent): boolean => eventType !== 'agent_status';

function Line({ event }: { readonly event: BoardroomEvent }) {
  const sentence = useSentence()(event);
  const place = placeOf(event);
  return (
    <li className="flex items-baseline gap-2.5 px-4 py-1.5 text-sm">
      <Dot tone={toneOf(event)} />
      <span className="min-w-0 grow break-words">
        {place === undefined ? (
          sentence
        ) : (
          <Link to={place} className="hover:underline">
            {sentence}
          </Link>
        )}
      </span>
      <Moment at={event.createdAt} className="shrink-0 text-xs text-ink-soft" />
    </li>
  );
}
