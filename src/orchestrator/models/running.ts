import { toAgentError, UpstreamFailure } from './failure.ts';
import type { Audience } from './thought.ts';

/** The calls under way, by the life that thinks. */
export interface RunningCalls {
  /** Until `end` is called; `signal` aborts when the life is cut. */
  begin(instanceId: string): { readonly over: AbortController; end(): void };
  /** Its token is dead: nobody pays for what it would still be told. */
  cutLife(instanceId: string): void;
  cutAll(): void;
}

export function createRunningCalls(): RunningCalls {
  const running = new Map<AbortController, string>();
  const cutWhere = (matches: (instanceId: string) => boolean) => {
    for (const [over, instanceId] of running) if (matches(instanceId)) over.abort();
  };
  return {
    begin(instanceId) {
      const over = new AbortController();
      running.set(over, instanceId);
      return { over, end: () => void running.delete(over) };
    },
    cutLife: (ended) => cutWhere((instanceId) => instanceId === ended),
    cutAll: () => cutWhere(() => true),
  };
}

interface Attended {
  readonly running: RunningCalls;
  readonly instanceId: string;
  readonly response: Audience;
}

/** Works until the life is cut or its client leaves; rejects with what the agent is told. */
export async function attend(
  { running, instanceId, response }: Attended,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { over, end } = running.begin(instanceId);
  const gone = () => over.abort();
  response.once('close', gone);
  try {
    await work(over.signal);
  } catch (error) {
    // Nobody is there to be told.
    if (over.signal.aborted) return void response.destroy();
    throw error instanceof UpstreamFailure ? toAgentError(error) : error;
  } finally {
    response.off('close', gone);
    end();
  }
}
