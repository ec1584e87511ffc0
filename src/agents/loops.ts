import type { AgentFrame } from '../contracts/gateway.ts';
import { contractText } from './contract-text.ts';
import type { WakeFrame, Welcome } from './frames.ts';
import type { Log } from './log.ts';
import type { RunLoop } from './loop.ts';

type Report = Extract<AgentFrame, { type: 'report' }>;

/** Runs one loop at a time, and keeps each report until the gateway has it. */
export interface Loops {
  wake(frame: WakeFrame, welcome: Welcome): void;
  acknowledge(loopId: string): void;
  /** The loop at work, or the one whose report is not acknowledged: to the gateway both are unfinished. */
  unfinished(): string | null;
  /** To be called after each welcome. */
  resendReports(): void;
  /** Aborts the loop at work and takes no more; resolves when it has ended. Nothing is reported. */
  stop(): Promise<void>;
}

export interface LoopsDeps {
  readonly run: RunLoop;
  readonly send: (frame: AgentFrame) => boolean;
  readonly log: Log;
  /** Called after each loop. */
  readonly tidyUp: () => void;
}

/** A wake that comes twice is answered from memory; the gateway does not reach back further than one loop. */
const reportsKept = 8;
const summaryCharactersMax = 4_000;

export function createLoops({ run, send, log, tidyUp }: LoopsDeps): Loops {
  const stopping = new AbortController();
  const reports = new Map<string, { readonly report: Report; acknowledged: boolean }>();
  let working: { readonly loopId: string; readonly ended: Promise<void> } | undefined;

  async function work(wake: WakeFrame, welcome: Welcome): Promise<void> {
    const reasons = wake.wakes.map(({ reason }) => reason).join(', ');
    log('info', `loop ${wake.loopId} begins: ${reasons}`);
    const result = await run({ wake, welcome, signal: stopping.signal });
    if (stopping.signal.aborted) return log('info', `loop ${wake.loopId} was interrupted`);
    log('info', `loop ${wake.loopId} ends: ${result.outcome}`);
    const summary = contractText(result.summary, summaryCharactersMax);
    keep({ type: 'report', loopId: wake.loopId, outcome: result.outcome, summary });
    working = undefined;
    tidyUp();
  }

  function keep(report: Report): void {
    reports.set(report.loopId, { report, acknowledged: false });
    for (const loopId of reports.keys()) {
      if (reports.size > reportsKept) reports.delete(loopId);
    }
    send(report);
  }

  const unacknowledged = () =>
    [...reports.values()].filter(({ acknowledged }) => !acknowledged).map(({ report }) => report);

  return {
    wake(frame, welcome) {
      if (stopping.signal.aborted) return;
      const known = reports.get(frame.loopId);
      if (known) return void send(known.report);
      if (working?.loopId === frame.loopId) return;
      if (working) return log('error', `ignored a wake for ${frame.loopId}: ${working.loopId} is at work`);
      working = { loopId: frame.loopId, ended: work(frame, welcome) };
    },
    acknowledge(loopId) {
      const known = reports.get(loopId);
      if (known) known.acknowledged = true;
    },
    unfinished: () => working?.loopId ?? unacknowledged().at(-1)?.loopId ?? null,
    resendReports() {
      for (const report of unacknowledged()) send(report);
    },
    async stop() {
      stopping.abort(new Error('the agent stops'));
      await working?.ended;
    },
  };
}
