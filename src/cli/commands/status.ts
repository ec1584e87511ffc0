import type { Client } from '../../contracts/client.ts';
import { exitCodes } from '../failure.ts';
import type { Format } from '../text/screen.ts';
import { duration } from '../text/time.ts';
import type { Register } from './register.ts';

type Status = Awaited<ReturnType<typeof look>>;

/** `status`: how it stands, on one screen. */
export const addStatusCommand: Register = (program, open) => {
  program
    .command('status')
    .description('how everything stands; exit code 1 when it is unhealthy')
    .action(async () => {
      const { client, screen } = await open();
      const status = await look(client);
      screen.show(status, statusText);
      if (status.health.status === 'unhealthy') process.exitCode = exitCodes.failed;
    });
};

/** Counts come from pages of one: `total` is what matters of them. */
async function look(client: Client) {
  const query = { limit: 1 };
  const [health, { agents }, escalations, requests, pending, inProgress, decisions] = await Promise.all([
    client.call('getSystemHealth'),
    client.call('listAgents'),
    client.call('listEscalations', { query }),
    client.call('listDomainRequests', { query }),
    client.call('listTasks', { query: { ...query, status: 'pending' } }),
    client.call('listTasks', { query: { ...query, status: 'in_progress' } }),
    client.call('listPendingDecisions', { query }),
  ]);
  return {
    health,
    agents: agents.map(({ type, status }) => ({ type, status })),
    waiting: { escalations: escalations.total, domainRequests: requests.total },
    tasks: { pending: pending.total, inProgress: inProgress.total },
    decisions: { pending: decisions.total },
  };
}

function statusText({ health, agents, waiting, tasks, decisions }: Status, { fields, paint }: Format): string {
  const { database, redis, runtime } = health.components;
  const forHuman = waiting.escalations + waiting.domainRequests;
  const latency = (component: typeof database) =>
    component.latency === null ? '' : `, ${component.latency.toFixed(1)} ms`;
  return fields([
    ['status', paint(health.status)],
    ['replica', `${health.replica.id}${health.replica.leader ? ', leads' : ''}, up ${duration(health.uptime)}`],
    ['database', paint(database.status) + latency(database)],
    ['redis', paint(redis.status) + latency(redis)],
    ['runtime', `${runtime.kind}, ${paint(runtime.status)}: ${runtime.detail}`],
    [
      'agents',
      byStatus(agents)
        .map(([status, types]) => `${paint(status)}: ${types.join(', ')}`)
        .join('\n') || 'none',
    ],
    ['tasks', `${tasks.pending} pending, ${tasks.inProgress} in progress`],
    ['decisions', `${decisions.pending} pending`],
    ['for you', forHuman === 0 ? 'nothing waits' : `${forHuman} in the inbox: boardroom inbox`],
  ]);
}

function byStatus(agents: Status['agents']): [string, string[]][] {
  const groups = new Map<string, string[]>();
  for (const { type, status } of agents) groups.set(status, [...(groups.get(status) ?? []), type]);
  return [...groups];
}
