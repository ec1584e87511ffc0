import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { DecisionDetail } from '../../../../src/contracts/decision.ts';
import { Card } from '../../parts/card.tsx';
import { nameOf, roleName } from '../../parts/names.ts';
import { DecisionStanding, TierMark } from '../../parts/standing.tsx';
import { Ago, Countdown, Moment } from '../../parts/time.tsx';

/** How a decision stands, and by which rule it is made. */
export function Facts({ decision }: { readonly decision: DecisionDetail }) {
  const t = useTranslations('decisions');
  const { status, decisionType, because, proposedBy, createdAt, deadline, rule, taskId, resolvedAt, resolvedBy } =
    decision;
  return (
    <Card title={t('standing')}>
      <dl className="flex flex-col gap-3 p-4 text-sm">
        <Fact name={t('status')}>
          <DecisionStanding status={status} />
          <p className="mt-1 break-words">{because}</p>
        </Fact>
        {status === 'pending' && deadline !== null && (
          <Fact name={t('deadline')}>
            <Countdown at={deadline} className="font-medium" />
            {rule && <p className="text-ink-soft">{t(`atDeadline_${rule.atDeadline}`)}</p>}
          </Fact>
        )}
        {resolvedAt !== null && resolvedBy !== null && (
          <Fact name={t('resolvedBy')}>
            {nameOf(resolvedBy)}, <Moment at={resolvedAt} />
          </Fact>
        )}
        <Fact name={t('tier')}>
          <TierMark tier={decisionType} />
          {rule && (
            <p className="mt-1 text-ink-soft">
              {t('rule', { voters: voterNames(rule.voters), human: String(rule.humanConfirms) })}
            </p>
          )}
        </Fact>
        <Fact name={t('proposedBy')}>
          {nameOf(proposedBy)}, <Ago at={createdAt} />
        </Fact>
        {taskId !== null && (
          <Fact name={t('forTask')}>
            <Link to="/tasks/$id" params={{ id: taskId }} className="text-felt underline">
              {t('toTask')}
            </Link>
          </Fact>
        )}
      </dl>
    </Card>
  );
}

const voterNames = (voters: readonly string[]): string => voters.map(roleName).join(' + ') || '–';

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div>
    <dt className="text-xs text-ink-soft">{name}</dt>
    <dd className="mt-0.5">{children}</dd>
  </div>
);
