import { adminKey } from '../support/boardroom.ts';
import { eventually } from '../support/eventually.ts';
import { type SpawnedOrchestrator, spawnOrchestrator } from '../support/orchestrator-process.ts';

/** The orchestrator that is killed and started again, always at the same address. */
export interface Victim {
  readonly url: string;
  /** Ready, and not killed since. */
  isUp(): boolean;
  /** Milliseconds since 1970. */
  spawnedAt(): number;
  spawn(): void;
  /** Resolves when `/ready` answers 200. */
  ready(): Promise<void>;
  kill(): Promise<void>;
}

export function createVictim(environment: Record<string, string>, port: number): Victim {
  const url = `http://127.0.0.1:${port}`;
  let process: SpawnedOrchestrator | undefined;
  let spawnedAt = 0;
  let up = false;
  return {
    url,
    isUp: () => up,
    spawnedAt: () => spawnedAt,
    spawn() {
      spawnedAt = Date.now();
      process = spawnOrchestrator({ ...environment, ORCHESTRATOR_PORT: `${port}`, BOARDROOM_ADMIN_KEY: adminKey });
    },
    async ready() {
      await process?.up();
      await eventually(async () => ((await fetch(`${url}/ready`)).ok ? true : undefined), { what: 'readiness' });
      up = true;
    },
    async kill() {
      up = false;
      await process?.end('SIGKILL');
    },
  };
}
