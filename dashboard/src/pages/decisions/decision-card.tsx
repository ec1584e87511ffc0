import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import type { Answer } from '../../../../src/contracts/client.ts';
import type { Vote } from '../../../../src/contracts/decision.ts';
import { nameOf, roleName } from '../../parts/names.ts';
import { DecisionStanding, TierMark, VoteMark } from '../../parts/standing.tsx';
import { Ago, Countdown } from '../../parts/time.tsx';

type Summary = Answer<'listDecisions'>['decisions'][number];

/** One decision on the board. */
export function DecisionCard({ decision }: { readonly decision: Summary }) {
  const t = useTranslations('decisions');
  const { id, title, status, decisionType, proposedBy, ceoVote, daoVote, round, deadline, because, createdAt } =
    decision;
  const isOver = status !== 'pending' && status !== 'escalated';
  return (
    <article className="relative flex flex-col gap-1.5 px-4 py-3 hover:bg-sunken">
      <h3 className="line-clamp-3 font-serif text-[1.06rem] leading-snug break-words">
        <Link to="/decisions/$id" params={{ id }} className="after:absolute after:inset-0 hover:underline">
          {title}
        </Link>
      </h3>
      <p className="flex flex-wrap items-center gap-1.5">
        <TierMark tier={decisionType} />
        {isOver && status !== 'approved' && <DecisionStanding status={status} />}
        {round > 1 && <span className="text-xs text-ink-soft">{t('round', { round })}</span>}
      </p>
      {status === 'escalated' || isOver ? (
        <p className="line-clamp-2 text-sm break-words text-ink-soft">{because}</p>
      ) : (
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
          <Word voter="ceo" vote={ceoVote} />
          {decisionType !== 'minor' && <Word voter="dao" vote={daoVote} />}
        </p>
      )}
      <p className="flex items-baseline justify-between gap-2 text-xs text-ink-soft">
        <span className="min-w-0 truncate">{nameOf(proposedBy)}</span>
        {status === 'pending' && deadline !== null ? (
          <Countdown at={deadline} className="shrink-0 font-medium text-ink" />
        ) : (
          <Ago at={createdAt} className="shrink-0" />
        )}
      </p>
    </article>
  );
}

function Word({ voter, vote }: { readonly voter: string; readonly vote: Vote | null }) {
  const t = useTranslations('decisions');
  return (
    <span className="inline-flex items-center gap-1.5">
      <span className="text-xs font-medium">{roleName(voter)}</span>
      {vote === null ? <span className="text-xs text-ink-soft">{t('notYet')}</span> : <VoteMark vote={vote} />}
    </span>
  );
}
