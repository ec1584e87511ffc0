import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { agentSearch } from './pages/agents/search.ts';
import { decisionsSearch } from './pages/decisions/search.ts';
import { eventsSearch } from './pages/events/search.ts';
import { inboxSearch } from './pages/inbox/search.ts';
import { modelsSearch } from './pages/models/search.ts';
import { settingsSearch } from './pages/settings/search.ts';
import { tasksSearch } from './pages/tasks/search.ts';
import { BrokenPage, LostPage } from './shell/lost-page.tsx';
import { Root } from './shell/root.tsx';

const root = createRootRoute({ component: Root, notFoundComponent: LostPage, errorComponent: BrokenPage });
const under = <const P extends string>(path: P) => ({ getParentRoute: () => root, path });

/** Each page is a file of its own, fetched when somebody goes there. */
const tree = root.addChildren([
  createRoute({
    ...under('/'),
    component: lazyRouteComponent(() => import('./pages/overview/overview-page.tsx'), 'OverviewPage'),
  }),
  createRoute({
    ...under('/inbox'),
    validateSearch: inboxSearch,
    component: lazyRouteComponent(() => import('./pages/inbox/inbox-page.tsx'), 'InboxPage'),
  }),
  createRoute({
    ...under('/decisions'),
    validateSearch: decisionsSearch,
    component: lazyRouteComponent(() => import('./pages/decisions/decisions-page.tsx'), 'DecisionsPage'),
  }),
  createRoute({
    ...under('/decisions/$id'),
    component: lazyRouteComponent(() => import('./pages/decisions/decision-page.tsx'), 'DecisionPage'),
  }),
  createRoute({
    ...under('/agents'),
    component: lazyRouteComponent(() => import('./pages/agents/agents-page.tsx'), 'AgentsPage'),
  }),
  createRoute({
    ...under('/agents/$type'),
    validateSearch: agentSearch,
    component: lazyRouteComponent(() => import('./pages/agents/agent-page.tsx'), 'AgentPage'),
  }),
  createRoute({
    ...under('/tasks'),
    validateSearch: tasksSearch,
    component: lazyRouteComponent(() => import('./pages/tasks/tasks-page.tsx'), 'TasksPage'),
  }),
  createRoute({
    ...under('/tasks/$id'),
    component: lazyRouteComponent(() => import('./pages/tasks/task-page.tsx'), 'TaskPage'),
  }),
  createRoute({
    ...under('/domains'),
    component: lazyRouteComponent(() => import('./pages/domains/domains-page.tsx'), 'DomainsPage'),
  }),
  createRoute({
    ...under('/events'),
    validateSearch: eventsSearch,
    component: lazyRouteComponent(() => import('./pages/events/events-page.tsx'), 'EventsPage'),
  }),
  createRoute({
    ...under('/models'),
    validateSearch: modelsSearch,
    component: lazyRouteComponent(() => import('./pages/models/models-page.tsx'), 'ModelsPage'),
  }),
  createRoute({
    ...under('/schedules'),
    component: lazyRouteComponent(() => import('./pages/schedules/schedules-page.tsx'), 'SchedulesPage'),
  }),
  createRoute({
    ...under('/settings'),
    validateSearch: settingsSearch,
    component: lazyRouteComponent(() => import('./pages/settings/settings-page.tsx'), 'SettingsPage'),
  }),
  createRoute({
    ...under('/keys'),
    component: lazyRouteComponent(() => import('./pages/keys/keys-page.tsx'), 'KeysPage'),
  }),
]);

export const router = createRouter({
  routeTree: tree,
  basepath: '/dashboard',
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: BrokenPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
