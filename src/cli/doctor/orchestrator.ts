import { CallError, type Client } from '../../contracts/client.ts';
import type { SystemHealth } from '../../contracts/health.ts';
import { type Finding, fail, ok, warn } from './check.ts';

const name = 'orchestrator';

/** Whether it is the orchestrator that answers there, key or no key. */
export async function isUp(client: Client): Promise<boolean> {
  return client.call('getHealth').then(
    () => true,
    () => false,
  );
}

export async function checkOrchestrator(client: Client, hasKey: boolean): Promise<Finding> {
  try {
    if (!hasKey) await client.call('getHealth');
    return hasKey ? healthFinding(await client.call('getSystemHealth')) : ok(name, 'runs; more is told to a key only');
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return problemFinding(error);
  }
}

function healthFinding({ status, components }: SystemHealth): Finding {
  const { database, redis, runtime, agents } = components;
  if (status === 'healthy') return ok(name, `healthy, ${Object.keys(agents).length} agents known`);
  const parts = [
    ...(database.status === 'unhealthy' ? ['database'] : []),
    ...(redis.status === 'unhealthy' ? ['Redis'] : []),
    ...(runtime.status === 'unhealthy' ? [`runtime (${runtime.detail})`] : []),
    ...Object.entries(agents).flatMap(([type, agent]) => (isFaulty(agent.status) ? [`${type} (${agent.status})`] : [])),
  ];
  const detail = `${status}: ${parts.join(', ') || 'it does not say what'}`;
  if (status === 'unhealthy') return fail(name, detail, 'Bring back what is down; the orchestrator goes on by itself.');
  return warn(name, detail, 'boardroom agents <type> tells why; boardroom logs <type> what it wrote last.');
}

const isFaulty = (status: string): boolean => ['failed', 'backing_off', 'unresponsive'].includes(status);

function problemFinding({ code, message }: CallError): Finding {
  if (code === 'unreachable') return warn(name, `not running: ${message}`, 'npm start starts it.');
  if (code === 'unauthenticated')
    return fail(name, 'runs, and refuses the key', 'Pass a good key with --key or BOARDROOM_KEY.');
  return fail(name, message, 'Look at --url or BOARDROOM_API_URL, and at the log in the home folder.');
}
