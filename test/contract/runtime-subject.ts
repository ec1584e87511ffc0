import { afterEach, beforeEach } from 'vitest';
import type { InstanceSpec, ObservedContainer, ObservedExit, Runtime } from '../../src/orchestrator/agents/runtime.ts';
import { eventually } from '../support/eventually.ts';

export interface RuntimeUnderTest {
  readonly runtime: Runtime;
  /** A second runtime on what the first has made, as after a restart of the orchestrator. */
  reopen(): Runtime;
  /** What somebody does who does not ask us. */
  byHand(containerId: string, what: 'pause' | 'kill'): Promise<void>;
  /** Takes away all that the test has made. */
  dispose(): Promise<void>;
}

/** The runtime under test, a fresh one for each test, and what tests ask of it again and again. */
export interface RuntimeSubject extends Omit<RuntimeUnderTest, 'dispose'> {
  started(spec: InstanceSpec): Promise<string>;
  /** Started, and so far that it has done what it was told. */
  running(spec: InstanceSpec): Promise<string>;
  found(containerId: string): Promise<ObservedContainer | undefined>;
  exited(containerId: string): Promise<ObservedExit>;
  logOf(containerId: string, tail?: number): Promise<string>;
  /** Does `work` while the runtime is watched, with the hints so far. */
  watched(work: (hints: (string | undefined)[]) => Promise<void>): Promise<void>;
}

const setupMsMax = 60_000;

export function runtimeSubject(makeRuntime: () => Promise<RuntimeUnderTest>): RuntimeSubject {
  let under: RuntimeUnderTest;
  beforeEach(async () => {
    under = await makeRuntime();
  }, setupMsMax);
  afterEach(() => under.dispose(), setupMsMax);

  const subject: RuntimeSubject = {
    get runtime() {
      return under.runtime;
    },
    reopen: () => under.reopen(),
    byHand: (containerId, what) => under.byHand(containerId, what),
    async started(spec) {
      await under.runtime.gatewayFor(spec.agentType);
      return (await under.runtime.start(spec)).containerId;
    },
    async running(spec) {
      const containerId = await subject.started(spec);
      const isReady = async () => ((await subject.logOf(containerId)).includes('ready') ? true : undefined);
      await eventually(isReady, { what: 'ready' });
      return containerId;
    },
    found: async (id) => (await under.runtime.list()).find(({ containerId }) => containerId === id),
    exited: (containerId) =>
      eventually(async () => (await subject.found(containerId))?.exit, { withinMs: 30_000, what: 'the exit' }),
    async logOf(containerId, tail = 1_000) {
      const { signal } = new AbortController();
      return textOf(await under.runtime.logs(containerId, { tail, follow: false, signal }));
    },
    watched: (work) => watched(under.runtime, work),
  };
  return subject;
}

async function watched(runtime: Runtime, work: (hints: (string | undefined)[]) => Promise<void>): Promise<void> {
  const hints: (string | undefined)[] = [];
  const over = new AbortController();
  const watching = runtime.watch((agentType) => hints.push(agentType), over.signal);
  try {
    await eventually(() => hints.length > 0 || undefined, { what: 'the first hint' });
    await work(hints);
  } finally {
    over.abort();
    await watching;
  }
}

export async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
