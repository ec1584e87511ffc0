import { AppError } from '../contracts/errors.ts';
import { createInstanceService } from './agents/instances.ts';
import { createLives } from './agents/lives.ts';
import { createLoopService, wakeAnew } from './agents/loops.ts';
import type { Profiles } from './agents/profiles.ts';
import { restartPolicyOf } from './agents/restart-policy.ts';
import { createAgentService } from './agents/service.ts';
import { createViolations } from './agents/violations.ts';
import { createAlertService } from './alerts/service.ts';
import { createArchive, createArchivist } from './archive/service.ts';
import { createBudgetService } from './budgets/service.ts';
import type { Config } from './config.ts';
import { type ActionRunner, createResolver } from './decisions/resolve.ts';
import { createDecisionService } from './decisions/service.ts';
import { createDomainService } from './domains/service.ts';
import { createDomainUsage } from './domains/usage.ts';
import { createEscalationService } from './escalations/service.ts';
import { createEventService } from './events/service.ts';
import { createUnitOfWork } from './events/work.ts';
import { createFocusService } from './focus/service.ts';
import { createSettingsJudge } from './gateway/judge.ts';
import { createInboxService } from './inbox/service.ts';
import { createJobRuns } from './jobs/runs.ts';
import { createJobService } from './jobs/service.ts';
import { createKeyService } from './keys/service.ts';
import { createKnowledgeService } from './knowledge/service.ts';
import { createMemoryService } from './memory/service.ts';
import type { Clock } from './platform/clock.ts';
import type { Chance } from './platform/identity.ts';
import type { Postgres } from './platform/postgres.ts';
import type { Sealer } from './platform/sealing.ts';
import { createSettingsService } from './settings/service.ts';
import { createGroomingService } from './tasks/grooming.ts';
import { createTaskService } from './tasks/service.ts';

export type Services = ReturnType<typeof createServices>;

export interface ServicesDeps {
  readonly config: Config;
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly sealer: Sealer;
  readonly profiles: Profiles;
  readonly onCommitted: () => void;
  readonly onDocuments: () => void;
  readonly runtimeIsStale: () => boolean;
}

const attemptsMax = 5;

/** The rooms' use-cases, wired to each other. Nothing here lives: no loop, no socket, no timer. */
export function createServices(deps: ServicesDeps) {
  const { config, postgres, clock, chance, profiles } = deps;
  const isAgent = (name: string) => profiles.get(name) !== undefined;
  const unitOfWork = createUnitOfWork({ postgres, clock, onCommitted: deps.onCommitted });
  const settings = createSettingsService({
    roles: profiles.all,
    judge: createSettingsJudge(profiles),
    sealer: deps.sealer,
    isInEnvironment: (secret) => config.secrets.has(secret),
  });
  const common = { postgres, unitOfWork, clock, chance, settings, isAgent };

  const events = createEventService(postgres);
  const keys = createKeyService(common);
  const knowledge = createKnowledgeService({ ...common, onWritten: deps.onDocuments });
  const memory = createMemoryService({ knowledge, settings });
  const inbox = createInboxService(common);
  const escalations = createEscalationService({ unitOfWork, inbox, chance, onStuckAnswered: wakeAnew });
  const domains = createDomainService({ ...common, inbox });
  const archived = createArchive(postgres);
  const tasks = createTaskService({ ...common, archived, leaseMs: config.taskLeaseMs });
  const budgets = createBudgetService({ ...common, escalations, profiles });
  const agents = createAgentService({
    ...common,
    escalations,
    profiles,
    restart: restartPolicyOf(config),
    runtimeIsStale: deps.runtimeIsStale,
  });
  const instances = createInstanceService(common);
  const lives = createLives({ tasks, escalations, chance });
  const violations = createViolations({ lives, settings });
  const focus = createFocusService(common);
  const breaker = { attemptsMax, retryMs: config.loopRetryMs };
  const loops = createLoopService({ ...common, escalations, profiles, lives, focus, breaker, held: budgets.held });

  const runAction: ActionRunner = async (work, actor, action) => {
    switch (action.kind) {
      case 'create_task':
        return `created ${(await tasks.create(work, actor, action.task)).id}`;
      case 'whitelist_domain':
        return `whitelisted ${(await domains.add(work, actor, action)).domain}`;
      case 'start_agent':
        await agents.start(work, actor, action.agentType);
        return `${action.agentType} is wanted running`;
      case 'stop_agent':
        await agents.stop(work, action.agentType);
        return `${action.agentType} is wanted stopped`;
      case 'change_setting':
        await settings.change(work, actor, action);
        return `set ${action.category}.${action.key}`;
    }
  };
  const advisors = () => profiles.all().flatMap(({ type, seat }) => (seat === 'c-level' ? [type] : []));
  const resolver = createResolver({ escalations, inbox, isAgent, advisors, runAction });
  const decisions = createDecisionService({ ...common, archived, domains, events, inbox, escalations, resolver });

  const grooming = createGroomingService({
    postgres,
    clock,
    unitOfWork,
    tasks,
    inbox,
    settings,
    reportTo: () => (isAgent('ceo') ? 'ceo' : undefined),
    candidates: async () => {
      const wanted = await agents.wantedTypes();
      return profiles.all().map(({ type, keywords }) => ({ type, keywords, isThere: wanted.has(type) }));
    },
  });
  const jobs = createJobService(common);
  const jobRuns = createJobRuns({
    ...common,
    async apply(work, actor, template) {
      if ('task' in template) return `created ${(await tasks.create(work, actor, template.task)).id}`;
      const { agentType, message, priority } = template.message;
      if (!isAgent(agentType)) throw new AppError('agent_not_found', `There is no agent "${agentType}"`);
      return `sent ${await inbox.send(work, actor, { to: agentType, body: message, priority })}`;
    },
  });

  return {
    unitOfWork,
    alerts: createAlertService(common),
    focus,
    archivist: createArchivist({ ...common, knowledge, tasks, decisions, agents }),
    grooming,
    jobs,
    jobRuns,
    isAgent,
    events,
    keys,
    inbox,
    escalations,
    domains,
    domainUsage: createDomainUsage(common),
    budgets,
    tasks,
    agents,
    instances,
    lives,
    violations,
    loops,
    decisions,
    knowledge,
    memory,
    settings,
  };
}
