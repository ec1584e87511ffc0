import type { InstanceService } from '../agents/instances.ts';
import type { Clock } from '../platform/clock.ts';
import type { Postgres } from '../platform/postgres.ts';
import type { TaskService } from '../tasks/service.ts';

/** Heartbeats are written together, once in a while: a thousand agents cost one statement, not a thousand. */
export interface Heartbeats {
  start(): void;
  beat(instanceId: string): void;
  stop(): Promise<void>;
}

interface Deps {
  readonly postgres: Postgres;
  readonly instances: InstanceService;
  readonly tasks: TaskService;
  readonly clock: Clock;
  readonly flushMs: number;
  readonly onError: (error: unknown) => void;
}

export function createHeartbeats({ postgres, instances, tasks, clock, flushMs, onError }: Deps): Heartbeats {
  const stopping = new AbortController();
  let heard = new Set<string>();
  let running: Promise<void> | undefined;

  async function flush(): Promise<void> {
    if (heard.size === 0) return;
    const instanceIds = [...heard];
    heard = new Set();
    try {
      await instances.countHeartbeats(instanceIds);
      // A claim lives as long as its holder's heart beats.
      await tasks.renewLeases(postgres.db, instanceIds, clock.now());
    } catch (error) {
      // That the database was away is no silence of theirs.
      for (const id of instanceIds) heard.add(id);
      throw error;
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(flushMs, stopping.signal);
      await flush().catch(onError);
    }
  }

  return {
    start() {
      running ??= run();
    },
    beat: (instanceId) => void heard.add(instanceId),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
