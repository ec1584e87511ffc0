import { useTranslations } from 'use-intl';
import type { DecisionDetail } from '../../../src/contracts/decision.ts';
import { Badge } from './badge.tsx';
import { nameOf, roleName } from './names.ts';
import { VoteMark } from './standing.tsx';
import { Moment } from './time.tsx';
import { type Round, roundsOf } from './voting.ts';

/** Who said what, round by round; the latest first. */
export function Rounds({ decision }: { readonly decision: DecisionDetail }) {
  const t = useTranslations('decisions');
  const rounds = roundsOf(decision);
  if (rounds.length === 0) return <p className="text-sm text-ink-soft">{t('nobodyAsked')}</p>;
  return (
    <div className="flex flex-col gap-5">
      {rounds.map((round) => (
        <RoundOf key={round.number} round={round} />
      ))}
    </div>
  );
}

function RoundOf({ round }: { readonly round: Round }) {
  const t = useTranslations('decisions');
  return (
    <section>
      <h3 className="mb-2 flex items-center gap-2 text-xs font-medium text-ink-soft">
        <span className="tracking-widest uppercase">{t('round', { round: round.number })}</span>
        {round.isOpen && <Badge tone="sky">{t('roundOpen')}</Badge>}
      </h3>
      <ul className="flex flex-col gap-3">
        {round.votes.map((vote) => (
          <li key={vote.voterType}>
            <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <span className="font-serif text-lg leading-tight">{roleName(vote.voterType)}</span>
              <VoteMark vote={vote.vote} />
              {vote.castBy !== vote.voterType && (
                <span className="text-xs text-ink-soft">{t('castBy', { name: nameOf(vote.castBy) })}</span>
              )}
              <Moment at={vote.createdAt} className="ml-auto text-xs text-ink-soft" />
            </p>
            <p className="mt-0.5 text-sm break-words whitespace-pre-wrap text-ink">
              {vote.reason === '' ? <span className="text-ink-soft">{t('noReason')}</span> : vote.reason}
            </p>
          </li>
        ))}
        {round.missing.map((voter) => (
          <li key={voter} className="flex items-center gap-2">
            <span className="font-serif text-lg leading-tight">{roleName(voter)}</span>
            <span className="text-sm text-ink-soft">{t('notVoted')}</span>
          </li>
        ))}
      </ul>
      {round.statements.length > 0 && (
        <details className="mt-3 rounded-lg bg-sunken px-3 py-2" open={round.isOpen}>
          <summary className="text-sm font-medium">{t('statements', { count: round.statements.length })}</summary>
          <ul className="mt-2 flex flex-col gap-2.5 text-sm">
            {round.statements.map(({ agentType, statement, createdAt }) => (
              <li key={agentType}>
                <p className="flex items-baseline gap-2">
                  <span className="font-medium">{roleName(agentType)}</span>
                  <Moment at={createdAt} className="ml-auto text-xs text-ink-soft" />
                </p>
                <p className="break-words whitespace-pre-wrap">{statement}</p>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
