import { agentsRoutes } from './routes/agents.ts';
import { benchmarkRoutes } from './routes/benchmark.ts';
import { budgetsRoutes } from './routes/budgets.ts';
import { decisionsRoutes } from './routes/decisions.ts';
import { domainsRoutes } from './routes/domains.ts';
import { focusRoutes } from './routes/focus.ts';
import { jobsRoutes } from './routes/jobs.ts';
import { keysRoutes } from './routes/keys.ts';
import { knowledgeRoutes } from './routes/knowledge.ts';
import { notificationsRoutes } from './routes/notifications.ts';
import { settingsRoutes } from './routes/settings.ts';
import { systemRoutes } from './routes/system.ts';
import { tasksRoutes } from './routes/tasks.ts';

/** Every route of the operators' API. The server mounts it, /openapi.json shows it, the clients are typed by it. */
export const routes = {
  ...systemRoutes,
  ...agentsRoutes,
  ...decisionsRoutes,
  ...tasksRoutes,
  ...domainsRoutes,
  ...knowledgeRoutes,
  ...budgetsRoutes,
  ...focusRoutes,
  ...jobsRoutes,
  ...settingsRoutes,
  ...keysRoutes,
  ...notificationsRoutes,
  ...benchmarkRoutes,
} as const;

export type Routes = typeof routes;
