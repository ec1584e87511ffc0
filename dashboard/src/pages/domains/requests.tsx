import { Link } from '@tanstack/react-router';
import { CircleCheckBig } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { type DomainRequest, type RequestStatus, requestStatusSchema } from '../../../../src/contracts/domain.ts';
import { useRoute } from '../../api/queries.ts';
import { useMay } from '../../api/session.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { Select } from '../../parts/fields.tsx';
import { More } from '../../parts/more.tsx';
import { nameOf } from '../../parts/names.ts';
import { Empty, Loaded } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { fillTone, type Tone, textTone } from '../../parts/tone.ts';
import { DomainName } from './domain-name.tsx';
import { Verdict } from './verdict.tsx';

const pageSize = 20;
const most = 200;

/** What agents ask for. */
export function Requests() {
  const t = useTranslations('domains');
  const [status, setStatus] = useState<RequestStatus>('pending');
  const [limit, setLimit] = useState(pageSize);
  const query = useRoute('listDomainRequests', { query: { status, limit } });
  return (
    <Card
      title={t('requests')}
      aside={
        <Select
          label={t('requestsShown')}
          isLabelHidden
          value={status}
          onChange={setStatus}
          options={requestStatusSchema.options.map((option) => [option, t(`request_${option}`)])}
        />
      }
    >
      <Loaded query={query}>
        {({ requests, total }) =>
          total === 0 ? (
            <Empty icon={CircleCheckBig} title={t(status === 'pending' ? 'noRequests' : 'noVerdicts')}>
              {status === 'pending' && t('noRequestsLead')}
            </Empty>
          ) : (
            <>
              <ul className="divide-y">
                {requests.map((request) => (
                  <Request key={request.id} request={request} />
                ))}
              </ul>
              <More
                shown={requests.length}
                total={Math.min(total, most)}
                busy={query.isFetching}
                onMore={() => setLimit(Math.min(most, limit + pageSize))}
              />
            </>
          )
        }
      </Loaded>
    </Card>
  );
}

function Request({ request }: { readonly request: DomainRequest }) {
  const t = useTranslations('domains');
  const mayDecide = useMay('operator');
  const { domain, status, reason, url, taskId, findings, notes, requestedBy, createdAt, decidedBy } = request;
  return (
    <li className="flex flex-col gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="min-w-0 font-medium">
          <DomainName domain={domain} />
        </h3>
        <Badge tone={status === 'pending' ? 'brass' : status === 'approved' ? 'felt' : 'blood'}>
          {t(`request_${status}`)}
        </Badge>
        <span className="ml-auto text-xs text-ink-soft">
          {t.rich('asked', { who: nameOf(requestedBy), ago: () => <Ago at={createdAt} /> })}
        </span>
      </div>
      <p className="text-sm break-words">{reason}</p>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-ink-soft">
        <Score score={request.securityScore} />
        {url !== null && (
          <span className="min-w-0 break-all">
            {t('tried')} <span className="font-mono text-ink">{url}</span>
          </span>
        )}
        {taskId !== null && (
          <Link to="/tasks/$id" params={{ id: taskId }} className="text-felt underline">
            {t('forTask')}
          </Link>
        )}
      </div>
      {findings.length > 0 && (
        <ul className="list-disc pl-5 text-xs text-ink-soft">
          {findings.map((finding) => (
            <li key={finding}>{finding}</li>
          ))}
        </ul>
      )}
      {decidedBy !== null && (
        <p className="text-xs text-ink-soft">
          {t('decidedBy', { who: nameOf(decidedBy) })}
          {notes !== null && notes !== '' && `: ${notes}`}
        </p>
      )}
      {status === 'pending' && mayDecide && <Verdict request={request} />}
    </li>
  );
}

/** How safe the name looks, from 0 to 100. */
function Score({ score }: { readonly score: number }) {
  const t = useTranslations('domains');
  const tone: Tone = score >= 60 ? 'felt' : score >= 40 ? 'sky' : 'blood';
  return (
    <span className="inline-flex items-center gap-2">
      <span aria-hidden="true" className="h-1.5 w-16 overflow-hidden rounded-full bg-sunken">
        <span className={`block h-full rounded-full ${fillTone[tone]}`} style={{ width: `${score}%` }} />
      </span>
      <span className={`font-medium ${textTone[tone]}`}>{t('score', { score })}</span>
    </span>
  );
}
