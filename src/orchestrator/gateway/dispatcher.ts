import type { LoopService } from '../agents/loops.ts';
import type { Clock } from '../platform/clock.ts';
import type { AgentSockets } from './socket.ts';

/** Starts the loops of the agents connected to this replica: when news comes, and by a timer for what comes due. */
export interface Dispatcher {
  start(): void;
  wake(): void;
  stop(): Promise<void>;
}

interface Deps {
  readonly loops: LoopService;
  readonly sockets: Pick<AgentSockets, 'connected' | 'wake'>;
  readonly clock: Clock;
  readonly everyMs: number;
  readonly onError: (error: unknown) => void;
}

export function createDispatcher({ loops, sockets, clock, everyMs, onError }: Deps): Dispatcher {
  const stopping = new AbortController();
  let nap = new AbortController();
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      nap = new AbortController();
      try {
        for (const [agentType, loop] of await loops.beginDue(sockets.connected())) sockets.wake(agentType, loop);
      } catch (error) {
        onError(error);
      }
      await clock.sleep(everyMs, AbortSignal.any([nap.signal, stopping.signal]));
    }
  }

  return {
    start() {
      running ??= run();
    },
    wake: () => nap.abort(),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
