import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import type { Escalation } from '../../../../src/contracts/escalation.ts';
import { useRoute } from '../../api/queries.ts';
import { Markdown } from '../../parts/markdown.tsx';
import { roleName } from '../../parts/names.ts';
import { AgentStanding } from '../../parts/standing.tsx';
import { Loaded } from '../../parts/states.tsx';
import { Moment, spanOf } from '../../parts/time.tsx';
import { About, Fact, Facts } from './about.tsx';
import { agentOf } from './waiting.ts';

/** An agent that failed, runs in circles or asks: what it says, how it stands and how it ended. */
export function AboutAgent({ escalation }: { readonly escalation: Escalation }) {
  const t = useTranslations('inbox');
  const states = useTranslations('states');
  const type = agentOf(escalation);
  const agent = useRoute('getAgent', { params: { type } });
  const isQuestion = escalation.kind === 'human_requested';
  return (
    <>
      <About title={t(isQuestion ? 'question' : 'because')}>
        <Markdown text={escalation.reason} />
      </About>
      <Loaded query={agent} lines={4}>
        {(all) => (
          <>
            <About title={roleName(type)}>
              <Facts>
                <Fact name={t('status')}>
                  <AgentStanding agent={all} />
                </Fact>
                <Fact name={t('container')}>{states(`container_${all.containerStatus}`)}</Fact>
                <Fact name={t('focus')}>{all.currentFocus ?? '–'}</Fact>
                {all.because !== escalation.reason && (
                  <Fact isLong name={t('because')}>
                    {all.because}
                  </Fact>
                )}
              </Facts>
              <Link to="/agents/$type" params={{ type }} className="mt-3 inline-block text-sm text-felt underline">
                {t('toAgent')}
              </Link>
            </About>
            {!isQuestion && (
              <About title={t('exits')}>
                {all.recentExits.length === 0 ? (
                  <p className="text-sm text-ink-soft">{t('noExits')}</p>
                ) : (
                  <ul className="flex flex-col gap-1.5 text-sm">
                    {all.recentExits.map(({ instanceId, at, reason, ranForMs, requested }) => (
                      <li key={instanceId} className="flex flex-wrap items-baseline gap-x-2">
                        <Moment at={at} className="text-xs text-ink-soft" />
                        <span className={`min-w-0 break-words ${requested ? '' : 'text-blood'}`}>{reason}</span>
                        <span className="text-xs text-ink-soft">{t('ranFor', { time: spanOf(ranForMs) })}</span>
                      </li>
                    ))}
                  </ul>
                )}
              </About>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}
