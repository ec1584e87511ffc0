import { type CommandEnd, type RunningCommand, startCommand } from './command-process.ts';
import { loopVariable, surroundingsOf } from './command-surroundings.ts';
import type { Environment } from './config.ts';
import type { Welcome } from './frames.ts';
import type { Log } from './log.ts';
import type { LoopResult } from './loop-result.ts';
import { createLineReader, createTail } from './output.ts';
import type { Prompt } from './prompt.ts';
import { createRelay } from './relay.ts';
import type { Turn } from './retry.ts';

export interface CommandJob {
  readonly command: NonNullable<Welcome['command']>;
  readonly prompt: Prompt;
  readonly loopId: string;
  readonly turn: Turn;
}

export interface CommandDeps {
  readonly url: string;
  readonly token: string;
  readonly environment: Environment;
  readonly log: Log;
  /** Lines for those who watch. */
  readonly tellAll: (lines: readonly string[]) => void;
}

const wordsCharactersMax = 3_500;
const graceMsMax = 2_000;
/** Who stops the agent waits about a second for all of it. */
const stopGraceMs = 300;

/** Runs the profile's command for one wake, with the prompt on its standard input. Rejects when the turn is cut short. */
export async function runCommand(deps: CommandDeps, job: CommandJob): Promise<LoopResult> {
  const { command, prompt, loopId, turn } = job;
  const { environment, remove } = await surroundingsOf({ ...deps, loopId });
  try {
    turn.signal.throwIfAborted();
    const running = startCommand({
      argv: command.argv,
      environment,
      marker: `${loopVariable}=${loopId}`,
      input: `${prompt.system}\n${prompt.user}\n`,
      clock: turn.clock,
    });
    const words = listen(running, deps, turn);
    const { end, late } = await watch(running, job).finally(words.over);
    if (late === undefined) turn.signal.throwIfAborted();
    return resultOf(end, late, words.last());
  } finally {
    await remove();
  }
}

/** Follows what it says; bounded, however much that is. */
function listen({ stdout, stderr }: RunningCommand, { token, log, tellAll }: CommandDeps, { clock }: Turn) {
  const relay = createRelay({
    clock,
    send(lines) {
      tellAll(lines);
      for (const line of lines) log('info', `command: ${line}`);
    },
  });
  const follow = (stream: RunningCommand['stdout']) => {
    const tail = createTail(wordsCharactersMax);
    const lines = createLineReader({
      secret: token,
      onLine(line) {
        tail.add(line);
        relay.add(line);
      },
    });
    stream.on('data', (chunk: Buffer) => lines.write(chunk));
    return { tail, lines };
  };
  const [out, err] = [follow(stdout), follow(stderr)];
  return {
    over() {
      out.lines.end();
      err.lines.end();
      relay.end();
    },
    last: () => ({ out: out.tail.text(), err: err.tail.text() }),
  };
}

/** Waits for its end, and sees to it that there is one: asks first, kills after a grace. `late` names the time it had. */
async function watch(
  running: RunningCommand,
  { command, turn }: CommandJob,
): Promise<{ end: CommandEnd; late?: number }> {
  const { clock, signal, endsAt } = turn;
  const leftMs = Math.max(0, endsAt - clock.now());
  const graceMs = Math.min(graceMsMax, leftMs / 4);
  // The grace once more for clearing up, so that the report is there before the turn ends.
  const limitMs = Math.min(command.timeoutMs, leftMs - 2 * graceMs);
  const ended = new AbortController();
  let late: number | undefined;

  async function keepToTime(): Promise<void> {
    await clock.sleep(limitMs, AbortSignal.any([ended.signal, signal]));
    if (ended.signal.aborted) return;
    if (!signal.aborted) late = limitMs;
    running.signal('SIGTERM');
    await clock.sleep(signal.aborted ? stopGraceMs : graceMs, ended.signal);
    if (!ended.signal.aborted) running.signal('SIGKILL');
  }
  const timely = keepToTime();
  const end = await running.ended;
  ended.abort();
  await timely;
  await running.clear();
  return { end, ...(late !== undefined && { late }) };
}

function resultOf(end: CommandEnd, late: number | undefined, { out, err }: { out: string; err: string }): LoopResult {
  if (end.kind === 'unstarted') {
    return { outcome: 'failed', summary: `the command cannot be started: ${end.because}` };
  }
  if (late === undefined && end.kind === 'exit' && end.code === 0) {
    return { outcome: 'done', summary: out || err || 'The command ended without a word.' };
  }
  const because = late === undefined ? causeOf(end) : `stopped after ${Math.round(late / 100) / 10} s`;
  const words = err || out;
  return { outcome: 'failed', summary: words === '' ? because : `${because}: ${words}` };
}

const causeOf = (end: Exclude<CommandEnd, { kind: 'unstarted' }>): string =>
  end.kind === 'exit' ? `exit code ${end.code}` : `killed by ${end.signal}`;
