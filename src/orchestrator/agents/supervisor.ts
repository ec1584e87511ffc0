import type { UnitOfWork } from '../events/work.ts';
import type { Clock } from '../platform/clock.ts';
import type { Postgres } from '../platform/postgres.ts';
import type { Lives } from './lives.ts';
import type { Profiles } from './profiles.ts';
import { createReconcileLoop, type PassReason, type ReconcileDeps } from './reconcile-loop.ts';
import type { Runtime } from './runtime.ts';
import type { SpecBuilder } from './spec.ts';
import { findAgent, listAgents, listLiveInstances, updateInstance } from './store.ts';

/** The leader's watch over the team: everything that may change an agent wakes it, and nothing else changes one. */
export interface Supervisor {
  start(): void;
  wake(agentType: string, reason: PassReason): void;
  stop(): Promise<void>;
}

interface Deps {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly runtime: Runtime;
  readonly profiles: Profiles;
  readonly specs: Pick<SpecBuilder, 'refresh'>;
  readonly reconcile: ReconcileDeps['reconcile'];
  /** Roles that the folder has gained get their rows. */
  readonly register: () => Promise<void>;
  readonly resyncMs: number;
  readonly retryMs: number;
  readonly onError: (agentType: string, error: unknown) => void;
}

const retryMsMax = 30_000;

export function createSupervisor(deps: Deps): Supervisor {
  const { postgres, runtime, profiles, specs, onError } = deps;
  const stopping = new AbortController();
  let watching: Promise<void> | undefined;

  async function keys(): Promise<readonly string[]> {
    await profiles.reload();
    // No event tells of an image that somebody has given another meaning.
    specs.refresh();
    await deps.register();
    return (await listAgents(postgres.db)).map(({ type }) => type);
  }

  const loop = createReconcileLoop({ ...deps, keys, retryMsMax });

  return {
    start() {
      loop.start();
      const hint = (agentType: string | undefined) =>
        agentType === undefined ? void loop.wakeAll('runtime') : loop.wake(agentType, 'runtime');
      watching = runtime.watch(hint, stopping.signal).catch((error: unknown) => onError('*', error));
      profiles.watch(() => void loop.wakeAll('profile'), stopping.signal);
    },
    wake: loop.wake,
    async stop() {
      stopping.abort();
      await loop.stop();
      await watching;
    },
  };
}

interface Farewell {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly runtime: Runtime;
  readonly lives: Lives;
  readonly graceMs: number;
}

/** Ends every agent without changing what is wanted: the next start brings them back. */
export async function stopTeam({ postgres, unitOfWork, runtime, lives, graceMs }: Farewell): Promise<void> {
  const because = 'the orchestrator closes';
  const living = await listLiveInstances(postgres.db);
  await Promise.all(
    living.map(async (live) => {
      await unitOfWork((work) => updateInstance(work.tx, live.id, { stopRequestedAt: work.now, stopReason: because }));
      const own = (await runtime.inspect(live.agentType)).find(({ instanceId }) => instanceId === live.id);
      if (own) await runtime.stop(own.containerId, graceMs);
      const ended = (await runtime.inspect(live.agentType)).find(({ instanceId }) => instanceId === live.id);
      await unitOfWork(async (work) => {
        const asked = { ...live, stopRequestedAt: work.now, stopReason: because };
        const exit = ended?.exit ?? { at: undefined, ranForMs: undefined, code: null, signal: null, oomKilled: false };
        await lives.recordExit(work, asked, exit, because);
        const agent = await findAgent(work.tx, live.agentType);
        if (agent) await lives.conclude(work, agent, { status: 'stopped', because });
      });
      if (own) await runtime.remove(own.containerId);
    }),
  );
}
