import { Link } from '@tanstack/react-router';
import { MessageCircleQuestion, Plus, ShieldCheck } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { BoardroomEvent } from '../../../../src/contracts/event.ts';
import { useAction, useRoute } from '../../api/queries.ts';
import { useMay } from '../../api/session.tsx';
import { useRecentEvents } from '../../live/live.tsx';
import { Ask } from '../../parts/ask.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { roleName } from '../../parts/names.ts';
import { Empty, Loaded } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { DomainDialog } from './domain-dialog.tsx';
import { DomainName } from './domain-name.tsx';
import { isCovered, isName } from './slots.ts';

const shownMax = 12;

/** The last attempts that were denied, and what can be done about them. */
export function LatestDenied() {
  const t = useTranslations('domains');
  const before = useRoute('listEvents', { query: { type: 'egress_denied', limit: shownMax } });
  const live = useRecentEvents().filter(({ eventType }) => eventType === 'egress_denied');
  const eldest = live.at(-1)?.seq ?? Number.POSITIVE_INFINITY;
  const events = [...live, ...(before.data?.events ?? []).filter(({ seq }) => seq < eldest)].slice(0, shownMax);
  const allowed = useRoute('listDomains', { query: { limit: 200, offset: 0 } });
  const entries = new Set(allowed.data?.domains.flatMap(({ domain, isActive }) => (isActive ? [domain] : [])));
  const requests = useRoute('listDomainRequests', { query: { limit: 200 } });
  const asked = new Set(requests.data?.requests.map(({ domain }) => domain));
  return (
    <Card
      title={t('latest')}
      aside={
        <Link to="/events" search={{ types: 'egress_denied' }} className="text-sm text-felt underline">
          {t('allDenied')}
        </Link>
      }
    >
      <Loaded query={before}>
        {() =>
          events.length === 0 ? (
            <Empty icon={ShieldCheck} title={t('noneDenied')}>
              {t('noneDeniedLead')}
            </Empty>
          ) : (
            <ul className="divide-y">
              {events.map((event) => (
                <Attempt key={event.seq} event={event} standing={standingOf(event, entries, asked)} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
}

type Standing = 'allowed' | 'asked' | 'open' | 'never';

function standingOf({ payload }: BoardroomEvent, entries: ReadonlySet<string>, asked: ReadonlySet<string>): Standing {
  const domain = String(payload['domain']);
  if (!isName(domain)) return 'never';
  if (isCovered(entries, domain)) return 'allowed';
  return asked.has(domain) ? 'asked' : 'open';
}

function Attempt({ event, standing }: { readonly event: BoardroomEvent; readonly standing: Standing }) {
  const t = useTranslations('domains');
  const mayAct = useMay('operator');
  const domain = String(event.payload['domain']);
  const agent = String(event.payload['agentType']);
  return (
    <li className="flex flex-col gap-1 px-4 py-2.5">
      <div className="flex items-baseline gap-2">
        <h3 className="min-w-0 grow">
          <DomainName domain={domain} />
        </h3>
        <Ago at={event.createdAt} className="shrink-0 text-xs text-ink-soft" />
      </div>
      <p className="text-xs break-words text-ink-soft">
        <Link to="/agents/$type" params={{ type: agent }} className="font-medium text-ink hover:underline">
          {roleName(agent)}
        </Link>
        {' · '}
        {String(event.payload['reason'])}
      </p>
      <div className="flex flex-wrap items-center gap-2">
        {standing === 'asked' && <Badge tone="brass">{t('isAsked')}</Badge>}
        {standing === 'allowed' && <Badge tone="felt">{t('isAllowed')}</Badge>}
        {mayAct && standing === 'open' && (
          <DomainDialog
            suggested={domain}
            trigger={(open) => (
              <Button icon={Plus} onClick={open} aria-label={t('allowDomain', { domain })}>
                {t('allow')}
              </Button>
            )}
          />
        )}
        {mayAct && <AskAgent agent={agent} domain={domain} />}
      </div>
    </li>
  );
}

function AskAgent({ agent, domain }: { readonly agent: string; readonly domain: string }) {
  const t = useTranslations('domains');
  const name = roleName(agent);
  const send = useAction('messageAgent', { done: () => t('askSent', { agent: name }) });
  return (
    <Ask
      trigger={(open) => (
        <Button
          variant="bare"
          icon={MessageCircleQuestion}
          onClick={open}
          aria-label={t('askAbout', { agent: name, domain })}
        >
          {t('ask', { agent: name })}
        </Button>
      )}
      title={t('askAbout', { agent: name, domain })}
      lead={t('askLead')}
      words={{ label: t('question'), isRequired: true }}
      confirm={t('send')}
      onConfirm={(words) =>
        send.mutateAsync({ params: { type: agent }, body: { message: `About ${domain}: ${words}` } })
      }
    />
  );
}
