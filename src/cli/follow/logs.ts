import { createParser } from 'eventsource-parser';
import { CallError } from '../../contracts/client.ts';
import type { Session } from '../session.ts';
import { type Backlog, createBacklog } from './backlog.ts';
import { createPatience, type Patience } from './patience.ts';

interface Wish {
  readonly type: string;
  /** Lines of before to begin with. */
  readonly tail: number;
  readonly onLine: (line: string) => void;
}

/** As many as the API gives: where an agent wrote more while nobody listened, the rest is missing, and that is said. */
const tailMax = 10_000;

/**
 * An agent's lines, through its ends and starts and those of the orchestrator; until the session's signal aborts. A log has no
 * numbered places: after a pause the last lines are read again, and what is known of them is left out.
 */
export async function followLogs(session: Session, { type, tail, onLine }: Wish): Promise<void> {
  const patience = createPatience(session);
  const backlog = createBacklog(session.clock, {
    onLine(line) {
      patience.recovered();
      onLine(line);
    },
    onGap: () =>
      session.screen.note(`(more than ${tailMax} lines were written meanwhile: older ones are left out here)`),
    linesMax: tailMax,
  });
  let isFound = false;
  while (!session.signal.aborted) {
    try {
      const lines = await openLog(session, { type, tail: isFound ? tailMax : tail });
      isFound = true;
      await readLog(session, { lines, backlog, patience });
      await patience.wait(`${type} has ended; waiting for its next start`);
    } catch (error) {
      const because = reasonToWait(error, { type, isFound, signal: session.signal });
      isFound = true;
      await patience.wait(because);
    }
  }
}

const openLog = ({ client, signal }: Session, { type, tail }: Pick<Wish, 'type' | 'tail'>) =>
  client.read('getAgentLogs', { params: { type }, query: { tail, follow: 'true' }, signal });

interface Reading {
  readonly lines: ReadableStream<string>;
  readonly backlog: Backlog;
  readonly patience: Patience;
}

async function readLog({ signal }: Session, { lines, backlog, patience }: Reading): Promise<void> {
  const over = new AbortController();
  const parser = createParser({ onEvent: ({ data }) => backlog.line(data) });
  backlog.begin(() => patience.recovered(), AbortSignal.any([over.signal, signal]));
  try {
    for await (const chunk of lines) parser.feed(chunk);
  } catch (cause) {
    throw new CallError('unreachable', 'the orchestrator is gone; waiting for its return', { cause });
  } finally {
    over.abort();
    backlog.end();
  }
}

interface Circumstances {
  readonly type: string;
  /** The orchestrator has answered, and knows the agent. */
  readonly isFound: boolean;
  readonly signal: AbortSignal;
}

/** In words; throws what waiting does not mend. */
function reasonToWait(error: unknown, { type, isFound, signal }: Circumstances): string {
  if (signal.aborted) return '';
  if (!(error instanceof CallError)) throw error;
  if (error.code === 'no_logs') return `${type} does not run; waiting for its start`;
  const isPassing = ['unreachable', 'dependency_unavailable', 'rate_limited', 'internal'].includes(error.code);
  // Nobody there from the beginning on is an error, not something to wait for.
  if (!isPassing || !isFound) throw error;
  return error.message;
}
