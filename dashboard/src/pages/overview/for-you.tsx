import { Link } from '@tanstack/react-router';
import { CircleCheckBig } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useRoute } from '../../api/queries.ts';
import { Dot } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { nameOf } from '../../parts/names.ts';
import { Empty, Loaded } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';

const shownMax = 5;

/** The first of what waits for a human. */
export function ForYou() {
  const t = useTranslations('overview');
  const escalations = useRoute('listEscalations', { query: { limit: shownMax } });
  const requests = useRoute('listDomainRequests', { query: { limit: shownMax } });
  const domains = requests.data?.requests ?? [];
  return (
    <Card
      title={t('forYou')}
      aside={
        <Link to="/inbox" className="text-sm text-felt underline">
          {t('toInbox')}
        </Link>
      }
    >
      <Loaded query={escalations} lines={5}>
        {({ escalations: items }) =>
          items.length + domains.length === 0 ? (
            <Empty icon={CircleCheckBig} title={t('nothingWaits')}>
              {t('nothingWaitsLead')}
            </Empty>
          ) : (
            <ul className="divide-y">
              {items.map(({ id, title, createdAt, priority }) => (
                <Item key={id} id={id} title={title} at={createdAt} tone={priority === 'normal' ? 'brass' : 'blood'} />
              ))}
              {domains.slice(0, Math.max(0, shownMax - items.length)).map(({ id, domain, requestedBy, createdAt }) => (
                <Item key={id} id={id} title={`${nameOf(requestedBy)} → ${domain}`} at={createdAt} tone="brass" />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
}

interface ItemProps {
  readonly id: string;
  readonly title: string;
  readonly at: string;
  readonly tone: 'brass' | 'blood';
}

const Item = ({ id, title, at, tone }: ItemProps) => (
  <li>
    <Link to="/inbox" search={{ item: id }} className="flex items-baseline gap-2.5 px-4 py-2.5 hover:bg-sunken">
      <Dot tone={tone} />
      <span className="line-clamp-2 min-w-0 grow text-sm break-words">{title}</span>
      <Ago at={at} className="shrink-0 text-xs text-ink-soft" />
    </Link>
  </li>
);
