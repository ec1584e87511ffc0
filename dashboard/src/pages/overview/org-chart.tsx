import { useTranslations } from 'use-intl';
import { useRoute } from '../../api/queries.ts';
import { Card } from '../../parts/card.tsx';
import { Loaded } from '../../parts/states.tsx';
import type { AgentSummary } from './agent-summary.ts';
import { Seat } from './seat.tsx';
import { useLastTools } from './use-last-tools.ts';

const rows = [
  ['board', 'board'],
  ['c-level', 'cLevel'],
  ['staff', 'staff'],
] as const;

/** The team as it sits: the board above, those who lead below it, then everybody else. */
export function OrgChart() {
  const t = useTranslations('overview');
  const agents = useRoute('listAgents');
  const usage = useRoute('getUsage', { query: { groupBy: 'agent', from: startOfDay() } });
  const lastTools = useLastTools();
  const costOf = new Map(usage.data?.usage.map(({ agent, costMicroUsd }) => [agent, costMicroUsd]));
  return (
    <Card title={t('team')} className="overflow-hidden">
      <Loaded query={agents} lines={14}>
        {({ agents: all }) => (
          <>
            {all.some(({ stale }) => stale) && <p className="px-4 pt-4 text-sm text-brass">{t('stale')}</p>}
            <div className="flex flex-col px-4 pt-4 pb-5">
              {rows.map(([seat, name]) => (
                <Row key={seat} name={t(name)} agents={all.filter((agent) => agent.seat === seat)}>
                  {(agent) => (
                    <Seat
                      agent={agent}
                      spentMicroUsd={costOf.get(agent.type) ?? 0}
                      lastTool={lastTools.get(agent.type)}
                    />
                  )}
                </Row>
              ))}
            </div>
          </>
        )}
      </Loaded>
    </Card>
  );
}

interface RowProps {
  readonly name: string;
  readonly agents: readonly AgentSummary[];
  readonly children: (agent: AgentSummary) => React.ReactNode;
}

/** One level, hung below the one above it by a line. */
function Row({ name, agents, children }: RowProps) {
  if (agents.length === 0) return null;
  return (
    <section aria-label={name} className="group flex flex-col items-stretch">
      <div aria-hidden="true" className="mx-auto h-5 w-px bg-line-strong/60 group-first:hidden" />
      <h3 className="mb-2 text-center text-xs tracking-widest text-ink-soft uppercase">{name}</h3>
      <ul className="flex flex-wrap justify-center gap-3">
        {agents.map((agent) => (
          <li key={agent.type} className="w-full sm:w-64 sm:grow sm:max-w-80">
            {children(agent)}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Days of spending are those of UTC, as budgets count them. */
const startOfDay = (): string => `${new Date().toISOString().slice(0, 10)}T00:00:00Z`;
