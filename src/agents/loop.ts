import { gatherBriefing } from './briefing.ts';
import type { Clock } from './clock.ts';
import { type CommandDeps, runCommand } from './command.ts';
import { converse } from './conversation.ts';
import { withFetchUrl } from './fetch-url.ts';
import type { WakeFrame, Welcome } from './frames.ts';
import { gatherKnowledge } from './knowledge.ts';
import { messageOf } from './log.ts';
import type { LoopResult } from './loop-result.ts';
import { createMcpSession } from './mcp.ts';
import { createModel } from './model.ts';
import { buildPrompt } from './prompt.ts';
import type { Turn } from './retry.ts';
import { openToolbox } from './toolbox.ts';
import { gatewayPaths } from './wire.ts';
import { isWorthThinking } from './worth-thinking.ts';

export interface LoopJob {
  readonly wake: WakeFrame;
  readonly welcome: Welcome;
  /** Aborts when the agent stops. */
  readonly signal: AbortSignal;
}

export type RunLoop = (job: LoopJob) => Promise<LoopResult>;

export interface LoopDeps extends CommandDeps {
  readonly model: string;
  readonly proxy: URL | undefined;
  readonly clock: Clock;
  /** A short line for those who watch. */
  readonly tell: (line: string) => void;
}

/** One loop: woken, reads, thinks, acts. Never rejects: what goes wrong is its result. */
export function createLoop(deps: LoopDeps): RunLoop {
  return async (job) => {
    const { turn, end } = startTurn(deps.clock, job);
    try {
      return await think(deps, job, turn);
    } catch (error) {
      const summary = messageOf(error);
      deps.tell(`failed: ${summary}`);
      return { outcome: 'failed', summary };
    } finally {
      end();
    }
  };
}

async function think(deps: LoopDeps, { wake, welcome }: LoopJob, turn: Turn): Promise<LoopResult> {
  const { url, token, model, proxy, clock, log, tell } = deps;
  const session = createMcpSession({ url: `${url}${gatewayPaths.tools}`, token });
  const toolbox = await openToolbox({ session, turn, log });
  try {
    const briefing = await gatherBriefing(toolbox);
    if (!isWorthThinking(wake, briefing)) return { outcome: 'idle', summary: 'Nothing new.' };
    tell(`thinking, woken by ${wake.wakes.map(({ reason }) => reason).join(', ')}`);
    const knowledge = await gatherKnowledge(toolbox, wake, briefing);
    const prompt = buildPrompt({ welcome, wake, briefing, knowledge, now: clock.timestamp() });
    const { command } = welcome;
    if (command) return await runCommand(deps, { command, prompt, loopId: wake.loopId, turn });
    const ask = createModel({ url: `${url}${gatewayPaths.chatCompletions}`, token, model, turn });
    const tools = proxy ? withFetchUrl(toolbox, { proxy, signal: turn.signal }) : toolbox;
    return { outcome: 'done', summary: await converse({ prompt, ask, toolbox: tools, tell }) };
  } finally {
    await toolbox.close();
  }
}

/** Ends a little before the gateway would take us for hung, so that the report still arrives. */
function startTurn(clock: Clock, { wake, signal }: LoopJob): { readonly turn: Turn; end(): void } {
  const marginMs = Math.min(5_000, Math.max(250, wake.turnTimeoutMs / 10));
  const lengthMs = Math.max(0, wake.turnTimeoutMs - marginMs);
  const over = new AbortController();
  const timer = new AbortController();

  async function expire(): Promise<void> {
    await clock.sleep(lengthMs, timer.signal);
    over.abort(new Error(`The turn ran out of time after ${Math.round(lengthMs / 1_000)} seconds.`));
  }
  // Not AbortSignal.any: on a signal that lives as long as the agent, each use leaves something behind.
  const stop = () => over.abort(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  // Rejects never: the sleep does not.
  void expire();

  return {
    turn: { clock, signal: over.signal, endsAt: clock.now() + lengthMs },
    end() {
      signal.removeEventListener('abort', stop);
      timer.abort();
    },
  };
}
