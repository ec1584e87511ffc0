import type { Clock } from './clock.ts';
import type { EmbeddedPostgres } from './embedded-postgres.ts';

export interface Keeper {
  start(): void;
  stop(): Promise<void>;
}

interface KeeperDeps {
  readonly server: Pick<EmbeddedPostgres, 'revive'>;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

const lookMs = 500;
const lookMsMax = 5_000;

/**
 * Brings the embedded server back whenever it has ended unasked: killed, or given up because its disk was full. There is
 * no service manager to do it. While the reason lasts the server ends again at once; so the looks become rarer.
 */
export function createKeeper({ server, clock, onError }: KeeperDeps): Keeper {
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    let waitMs = lookMs;
    while (!stopping.signal.aborted) {
      await clock.sleep(waitMs, stopping.signal);
      if (stopping.signal.aborted) return;
      const died = await revived();
      // Said once for each absence.
      if (died && waitMs === lookMs) onError(new Error('The embedded Postgres had ended; it is started again'));
      waitMs = died ? Math.min(waitMs * 2, lookMsMax) : lookMs;
    }
  }

  async function revived(): Promise<boolean> {
    try {
      return await server.revive();
    } catch (error) {
      onError(error);
      return true;
    }
  }

  return {
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
