import { createParser } from 'eventsource-parser';
import { CallError } from '../../../../../src/contracts/client.ts';
import { knownMax, unknownOf } from '../../../../../src/contracts/log-lines.ts';
import { client } from '../../../api/client.ts';

export type LogState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'waiting'; readonly error: unknown };

interface Wish {
  readonly type: string;
  readonly onLines: (lines: readonly string[]) => void;
  readonly onState: (state: LogState) => void;
}

export interface FollowedLog {
  /** There may be something to follow now: no need to wait any longer. */
  hurry(): void;
  stop(): void;
}

const tailFirst = 1_000;
/** As many as the API gives: where an agent wrote more while nobody listened, the rest is missing. */
const tailAgain = 10_000;
const retryMsMin = 1_000;
const retryMsMax = 15_000;
/** What was written before arrives in one go; this long without another line, and the rest is news. */
const settledAfterMs = 250;

/** An agent's lines, each once, through its ends and starts, those of the orchestrator, and lost connections. */
export function followLog({ type, onLines, onState }: Wish): FollowedLog {
  const over = new AbortController();
  const { signal } = over;
  let known: readonly string[] = [];
  let failures = 0;
  let wake: () => void = () => undefined;

  function show(lines: readonly string[]): void {
    if (lines.length === 0) return;
    known = [...known, ...lines].slice(-knownMax);
    onLines(lines);
  }

  async function read(isFirst: boolean): Promise<void> {
    const query = { tail: isFirst ? tailFirst : tailAgain, follow: 'true' };
    const stream = await client.read('getAgentLogs', { params: { type }, query, signal });
    const settling = settle({
      onFirst: (lines) => show(unknownOf(lines, known)),
      onSettled: () => onState({ kind: 'live' }),
      onMore: show,
    });
    const parser = createParser({ onEvent: ({ data }) => settling.line(data) });
    const reader = stream.getReader();
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        failures = 0;
        parser.feed(part.value);
      }
    } finally {
      settling.end();
    }
  }

  async function run(): Promise<void> {
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      try {
        await read(isFirst);
        // Its container has ended: what it wrote was read, and there is no more until it starts again.
        onState({ kind: 'stopped' });
      } catch (error) {
        if (signal.aborted) return;
        const isStopped = error instanceof CallError && error.code === 'no_logs';
        onState(isStopped ? { kind: 'stopped' } : { kind: 'waiting', error });
      }
      failures += 1;
      await pause(Math.min(retryMsMax, retryMsMin * 2 ** (failures - 1)));
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  void run();
  return {
    hurry() {
      failures = 0;
      wake();
    },
    stop() {
      over.abort();
      wake();
    },
  };
}

interface Settling {
  readonly onFirst: (lines: readonly string[]) => void;
  /** The reading goes on: what comes now is news. */
  readonly onSettled: () => void;
  readonly onMore: (lines: readonly string[]) => void;
}

/** Holds a reading's first lines together until no more come at once: they may be known, and only together can that be seen. */
function settle({ onFirst, onSettled, onMore }: Settling) {
  let first: string[] | undefined = [];
  let timer = setTimeout(settled, settledAfterMs);
  function release(): void {
    clearTimeout(timer);
    const lines = first ?? [];
    first = undefined;
    onFirst(lines);
  }
  function settled(): void {
    release();
    onSettled();
  }
  return {
    line(text: string): void {
      if (first === undefined) onMore([text]);
      else {
        first.push(text);
        clearTimeout(timer);
        timer = setTimeout(settled, settledAfterMs);
      }
    },
    end: () => first !== undefined && release(),
  };
}
