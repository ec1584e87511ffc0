import type { SettingName } from '../../contracts/settings.ts';
import type { Profiles } from '../agents/profiles.ts';
import { forgetPast } from '../agents/retention.ts';
import type { Reading } from '../alerts/rules.ts';
import type { BenchmarkService } from '../benchmark/service.ts';
import { forgetToolCalls } from '../gateway/call-records.ts';
import type { Meaning } from '../knowledge/meaning.ts';
import type { NotificationService } from '../notifiers/service.ts';
import type { Clock } from '../platform/clock.ts';
import { type FileDocument, readDocuments } from '../platform/documents-folder.ts';
import type { Postgres } from '../platform/postgres.ts';
import type { Services } from '../services.ts';
import type { JobDefinition, JobOutcome } from './runs.ts';

interface Deps {
  readonly services: Services;
  readonly notifications: Pick<NotificationService, 'remind' | 'forgetOld'>;
  readonly benchmarks: Pick<BenchmarkService, 'forgetOld'>;
  readonly meaning: Pick<Meaning, 'refresh'>;
  readonly postgres: Postgres;
  readonly clock: Clock;
  /** Between two looks at what is past its time. */
  readonly sweepMs: number;
  /** A heart that has not beaten for so long is looked after. */
  readonly silenceMsMax: number;
  readonly host: string;
  readonly readings: () => Promise<readonly Reading[]>;
  readonly profiles: Profiles;
  /** What operators put there is indexed. */
  readonly documentsFolder: string;
}

const dayMs = 86_400_000;
const overdueAtOnce = 500;

/** The system's own jobs: each can be cut off anywhere and run again. */
export const systemJobs = (deps: Deps): readonly JobDefinition[] => [
  archive(deps),
  deadlines(deps),
  groomer(deps),
  healthCheck(deps),
  indexing(deps),
  retention(deps),
];

const archive = ({ services }: Deps): JobDefinition => ({
  id: 'archive-processor',
  schedule: '*/5 * * * *',
  description: 'Archives finished tasks and decisions, and remembers what agents did, day by day',
  catchUp: 'latest',
  run: async ({ signal }) => counted(await services.archivist.archive(signal)),
});

const indexing = ({ services, meaning, profiles, documentsFolder }: Deps): JobDefinition => ({
  id: 'rag-refresh',
  schedule: '*/30 * * * *',
  description:
    'Indexes profiles, decisions with their reasons and the documents folder, and embeds documents where a model is set',
  catchUp: 'latest',
  async run({ signal }) {
    const { knowledge, archivist } = services;
    const roles = profiles.all().map(({ type, name, prompt }) => ({
      source: `profile:${type}`,
      kind: 'profile' as const,
      owner: null,
      title: `${name} (${type})`,
      text: prompt,
    }));
    const files = await readDocuments(documentsFolder, signal);
    const inStep = [await knowledge.sync('profile', 'profile:', roles)];
    // On a replica without the folder nothing is known of it, least of all that it is empty.
    if (files) inStep.push(await knowledge.sync('file', 'file:', files.map(toDocument)));
    const decisions = await archivist.indexDecisions(signal);
    const { embedded, waiting, because } = await meaning.refresh(signal);
    return counted({
      'decisions indexed': decisions,
      'documents written': inStep.reduce((sum, { written }) => sum + written, 0),
      'documents removed': inStep.reduce((sum, { removed }) => sum + removed, 0),
      'documents embedded': embedded,
      [`documents that wait to be embedded${because === undefined ? '' : ` (${because})`}`]: waiting,
    });
  },
});

const toDocument = ({ path, text, changedAt }: FileDocument) => ({
  source: `file:${path}`,
  kind: 'file' as const,
  owner: null,
  title: /^#\s+(.{1,200})$/m.exec(text)?.[1] ?? path,
  text,
  at: changedAt,
});

const deadlines = ({ services, notifications, clock, sweepMs }: Deps): JobDefinition => ({
  id: 'deadlines',
  schedule: sweepMs % 1_000 === 0 ? `every ${sweepMs / 1_000}s` : `every ${sweepMs}ms`,
  description: 'Settles decisions that are past their deadline, and reminds of escalations that wait for too long',
  catchUp: 'latest',
  run: async () =>
    counted({
      'decisions settled': await services.decisions.sweepDeadlines(clock.now(), overdueAtOnce),
      'reminders sent': await notifications.remind(clock.now()),
    }),
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

const retention = ({ services, notifications, benchmarks, postgres, clock }: Deps): JobDefinition => ({
  id: 'retention',
  schedule: '17 3 * * *',
  description: 'Removes what is older than the settings of retention keep it',
  catchUp: 'latest',
  async run({ signal }) {
    const { settings, events, agents, archivist, inbox, budgets, domainUsage, jobs } = services;
    const { db } = postgres;
    const before = async (name: SettingName & `retention.${string}`) =>
      clock.now() - (await settings.read(db, name)) * dayMs;
    // What agents did is remembered first, and only then forgotten here.
    const past = Math.min(await before('retention.history'), await archivist.deedsRememberedUpTo());
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
      'counts of domains': await domainUsage.forgetOld(await before('retention.events'), signal),
      notifications: await notifications.forgetOld(await before('retention.events'), signal),
      'runs of benchmarks': await benchmarks.forgetOld(await before('retention.benchmarks'), signal),
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
