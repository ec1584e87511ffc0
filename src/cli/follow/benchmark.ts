import { type Answer, CallError } from '../../contracts/client.ts';
import type { Session } from '../session.ts';
import { createPatience } from './patience.ts';

const lookMs = 1_000;

/** Looks how far the run is until it is over, through whatever becomes of the orchestrator; undefined when the session ends before. */
export async function followBenchmark(session: Session, runId: string): Promise<Answer<'getBenchmarkRun'> | undefined> {
  const { client, clock, screen, signal } = session;
  const patience = createPatience(session);
  while (!signal.aborted) {
    try {
      const run = await client.call('getBenchmarkRun', { params: { runId } });
      patience.recovered();
      screen.progress(run.done, run.total);
      if (run.status !== 'running') return run;
      await clock.sleep(lookMs, signal);
    } catch (error) {
      if (!isPassing(error) && !signal.aborted) throw error;
      await patience.wait('the orchestrator does not answer; the run goes on when it is back');
    }
  }
  return undefined;
}

const isPassing = (error: unknown): boolean =>
  error instanceof CallError &&
  ['unreachable', 'dependency_unavailable', 'rate_limited', 'internal'].includes(error.code);
