import { system, type UnitOfWork } from '../events/work.ts';
import type { Postgres } from '../platform/postgres.ts';
import type { Lives } from './lives.ts';
import type { ObservedContainer, Runtime } from './runtime.ts';
import { findInstance, type InstanceRow } from './store.ts';

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly runtime: Runtime;
  readonly lives: Lives;
  readonly stopGraceMs: number;
}

/** True when this container is the one that we gave this life to, or may be: a start we died in left no container id. */
export const isOf = (life: InstanceRow | undefined, { agentType, containerId }: ObservedContainer): boolean =>
  life?.agentType === agentType && (life.containerId ?? containerId) === containerId;

/**
 * What bears our marks beside the agent's life. Marks can be copied, the database cannot: only what is on record
 * there as a life of this agent is ours to end. Anything else is left alone, and people are told, once in a term.
 */
export function createStrays({ postgres, unitOfWork, runtime, lives, stopGraceMs }: Deps) {
  const told = new Set<string>();

  const tell = ({ agentType, containerId }: ObservedContainer) =>
    unitOfWork(async (work) => {
      const message = `${containerId} bears the marks of ${agentType}, but no life on record is its own: it is left alone, remove it if nobody needs it`;
      work.append(system, 'alert_raised', { agentType, severity: 'warning', message });
      await lives.note(work, agentType, { actionType: 'stranger', summary: message });
    });

  return async (stray: ObservedContainer): Promise<void> => {
    const { containerId, instanceId, status } = stray;
    if (isOf(await findInstance(postgres.db, instanceId), stray)) {
      if (status !== 'exited' && status !== 'created') await runtime.stop(containerId, stopGraceMs);
      await runtime.remove(containerId);
    } else if (!told.has(containerId)) {
      await tell(stray);
      told.add(containerId);
    }
  };
}
