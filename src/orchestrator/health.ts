import type { z } from 'zod';
import type { readinessSchema, SystemHealth } from '../contracts/health.ts';
import type { AgentService } from './agents/service.ts';
import type { Bus } from './platform/bus.ts';
import type { Clock } from './platform/clock.ts';
import { iso } from './platform/iso.ts';
import type { DatabaseProbe } from './platform/probe.ts';

/** What health is read from. */
export interface HealthParts {
  readonly clock: Clock;
  readonly startedAt: number;
  readonly replica: string;
  readonly isLeader: () => boolean;
  /** Asks the database on a connection of its own: a full pool must not look like a dead server. */
  readonly database: DatabaseProbe;
  readonly bus: Bus;
  readonly runtime: RuntimeMonitor;
  readonly agents: AgentService;
}

/** Whether the runtime answered when it was last asked. */
export interface RuntimeMonitor {
  state(): { readonly kind: string; readonly status: 'healthy' | 'unhealthy' | 'preparing'; readonly detail: string };
}

type Readiness = z.input<typeof readinessSchema>;

/** The process answers: nothing else is asked. */
export const isAlive = ({ clock }: Pick<HealthParts, 'clock'>) => ({
  status: 'ok' as const,
  timestamp: iso(clock.now()),
});

/** Database and bus answer in time; tells which does not. */
export async function isReady({ database, bus }: Pick<HealthParts, 'database' | 'bus'>): Promise<Readiness> {
  const [latencyMs, redis] = await Promise.all([database.latencyMs(), bus.status()]);
  const checks = { database: latencyMs === undefined ? ('error' as const) : ('ok' as const), redis };
  return { ready: checks.database === 'ok' && redis !== 'error', checks };
}

/** degraded: a wanted agent is unreachable; unhealthy: database or Redis is down. */
export async function getSystemHealth(parts: HealthParts): Promise<SystemHealth> {
  const { clock, database, bus, runtime } = parts;
  const latency = (await database.latencyMs()) ?? null;
  const busSince = clock.monotonic();
  const busStatus = await bus.status();
  const busLatency = busStatus === 'ok' ? clock.monotonic() - busSince : null;
  const agents = latency === null ? [] : await parts.agents.list();
  const unreachable = agents.some(({ status }) => status !== 'running' && status !== 'stopped');
  const down = latency === null || busStatus === 'error';
  return {
    status: down ? 'unhealthy' : unreachable || runtime.state().status !== 'healthy' ? 'degraded' : 'healthy',
    uptime: Math.round((clock.monotonic() - parts.startedAt) / 1_000),
    components: {
      database: { status: latency === null ? 'unhealthy' : 'healthy', latency },
      redis: {
        status: busStatus === 'ok' ? 'healthy' : busStatus === 'error' ? 'unhealthy' : 'embedded',
        latency: busLatency,
      },
      runtime: runtime.state(),
      agents: Object.fromEntries(agents.map(({ type, status, lastHeartbeat }) => [type, { status, lastHeartbeat }])),
    },
    replica: { id: parts.replica, leader: parts.isLeader() },
  };
}
