import type { SettingName } from '../../contracts/settings.ts';
import { forgetPast } from '../agents/retention.ts';
import type { Reading } from '../alerts/rules.ts';
import { forgetToolCalls } from '../gateway/call-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Postgres } from '../platform/postgres.ts';
import type { Services } from '../services.ts';
import type { JobDefinition, JobOutcome } from './runs.ts';

interface Deps {
  readonly services: Services;
  readonly postgres: Postgres;
  readonly clock: Clock;
  /** Between two looks at what is past its time. */
  readonly sweepMs: number;
  /** A heart that has not beaten for so long is looked after. */
  readonly silenceMsMax: number;
  readonly host: string;
  readonly readings: () => Promise<readonly Reading[]>;
}

const dayMs = 86_400_000;
const overdueAtOnce = 500;

/** The system's own jobs: each can be cut off anywhere and run again. */
export const systemJobs = (deps: Deps): readonly JobDefinition[] => [
  deadlines(deps),
  groomer(deps),
  healthCheck(deps),
  retention(deps),
];

const deadlines = ({ services, clock, sweepMs }: Deps): JobDefinition => ({
  id: 'deadlines',
  schedule: sweepMs % 1_000 === 0 ? `every ${sweepMs / 1_000}s` : `every ${sweepMs}ms`,
  description: 'Settles decisions that are past their deadline',
  catchUp: 'latest',
  run: async () =>
    counted({ 'decisions settled': await services.decisions.sweepDeadlines(clock.now(), overdueAtOnce) }),
});

const groomer = ({ services }: Deps): JobDefinition => ({
  id: 'backlog-groomer',
  schedule: '0 * * * *',
  description: 'Raises old tasks, flags stale ones and likely duplicates, suggests assignees, reports to the CEO',
  catchUp: 'latest',
  run: async ({ signal }) => counted(await services.grooming.groom(signal)),
});

const healthCheck = ({ services, clock, silenceMsMax, host, readings }: Deps): JobDefinition => ({
  id: 'health-check',
  schedule: '* * * * *',
  description: 'Looks after silent agents, and alerts when disk, memory or connections run out',
  catchUp: 'latest',
  run: async () =>
    counted({
      'silent agents looked after': await services.agents.lookAfterSilent(clock.now() - silenceMsMax),
      'alerts changed': await services.alerts.judge(host, await readings()),
    }),
});

const retention = ({ services, postgres, clock }: Deps): JobDefinition => ({
  id: 'retention',
  schedule: '17 3 * * *',
  description: 'Removes what is older than the settings of retention keep it',
  catchUp: 'latest',
  async run({ signal }) {
    const { settings, events, agents, inbox, budgets, jobs } = services;
    const { db } = postgres;
    const before = async (name: SettingName & `retention.${string}`) =>
      clock.now() - (await settings.read(db, name)) * dayMs;
    const past = await before('retention.history');
    let messages = 0;
    for (const [agentType, readTo] of await agents.inboxCursors()) {
      messages += await inbox.forgetOld(db, { agentType, readTo, before: past }, signal);
    }
    return counted({
      events: await events.forgetOld(await before('retention.events'), signal),
      messages,
      'rows of history': await forgetPast(postgres, past, signal),
      'tool calls': await forgetToolCalls(postgres, past, signal),
      'model calls': await budgets.forgetOld(await before('retention.model_calls'), signal),
      'runs of jobs': await jobs.forgetOld(await before('retention.job_runs'), signal),
    });
  },
});

/** What was done, in words; nothing done is said, too. */
function counted(counts: Readonly<Record<string, number>>): JobOutcome {
  const done = Object.entries(counts).filter(([, count]) => count > 0);
  return {
    changed: done.length > 0,
    summary: done.length === 0 ? 'nothing to do' : done.map(([what, count]) => `${what}: ${count}`).join(', '),
  };
}
