import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Answer, adminKey, type Call, call, quick } from './boardroom.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { auditLog, auditSocket, type LogEvent } from './log-audit.ts';
import { type OrchestratorProcess, startOrchestrator } from './orchestrator-process.ts';
import { type HealthSample, type HealthWatch, watchHealth } from './outage-health.ts';
import { openSocket } from './socket-client.ts';
import { type SteadyLoad, startLoad } from './steady-load.ts';

const { CHAOS_OUTAGE_MS = '8000' } = process.env;
/** Longer than every time-out that an outage meets, unless it is asked to be longer: CHAOS_OUTAGE_MS=60000. */
export const outageMs = Number(CHAOS_OUTAGE_MS);

/** For a whole test: start, outage, return, audit. */
export const outageTest = { timeout: 180_000 + 3 * outageMs };

/** Generous: on a busy machine, until what is gone or back has been noticed. */
const noticedMs = 3_000;
const backMs = 60_000;

export type Checks = Readonly<Record<'database' | 'redis', string>>;

/** A real orchestrator with agents, a load, a client of /ws and somebody who asks for its health. */
export interface OutageStage {
  readonly orchestrator: OrchestratorProcess;
  readonly url: string;
  readonly home: string;
  readonly watch: HealthWatch;
  readonly load: SteadyLoad;
  call(method: 'GET' | 'POST' | 'DELETE', path: string, options?: Call): Promise<Answer>;
  /** Breaks something, lets it be broken for a while, mends it; resolves when /ready is well again. */
  outage(parts: OutageParts): Promise<Outage>;
  /** New work gets done. */
  works(): Promise<void>;
  /** Ends load and watch; nothing was lost or doubled, /health answered all along. The log. */
  audit(): Promise<readonly LogEvent[]>;
  dispose(): Promise<void>;
}

interface OutageParts {
  readonly breaks: () => Promise<void> | void;
  /** While it lasts; the outage is as long as this takes, and outageMs at least. */
  readonly meanwhile?: (() => Promise<void>) | undefined;
  readonly mends: () => Promise<void> | void;
  readonly forMs?: number;
}

export interface Outage {
  readonly from: number;
  readonly to: number;
  /** Of /health and /ready, from when it must have been noticed to the end. */
  readonly samples: readonly HealthSample[];
}

export const agentsAtWork = ['cmo', 'cto'];

export async function openOutageStage(environment: Record<string, string>): Promise<OutageStage> {
  const home = environment['BOARDROOM_HOME'] ?? (await mkdtemp(join(tmpdir(), 'boardroom-outage-')));
  const orchestrator = await startOrchestrator({
    ...quick,
    // Three missed, and an agent counts as hung: on a busy machine a beat can be late by a second.
    HEARTBEAT_MS: '2000',
    BOARDROOM_HOME: home,
    BOARDROOM_ADMIN_KEY: adminKey,
    BOARDROOM_AGENTS: agentsAtWork.join(','),
    AGENT_RUNTIME: 'process',
    GATEWAY_PORT: String(await freePort()),
    EGRESS_PORT: String(await freePort()),
    ...environment,
  });
  const { url } = orchestrator;
  const ask: OutageStage['call'] = (method, path, options = {}) => call(url + path, method, options);
  await agentsConnected(ask);
  const socket = await openSocket(url);
  const watch = watchHealth(url);
  const load = startLoad(url, Math.max(600, outageMs / 25));

  async function works(): Promise<void> {
    const before = performance.now();
    const done = () => load.since(before).filter(({ status }) => status === 201 || status === 200);
    await eventually(
      () => ['task', 'decision', 'vote'].every((what) => done().some((one) => one.what === what)) || undefined,
      {
        withinMs: backMs,
        what: 'a task, a decision and a vote',
      },
    );
  }

  async function outage({ breaks, meanwhile, mends, forMs = outageMs }: OutageParts): Promise<Outage> {
    await works();
    // In the middle of an agent's work: its loop is to end, and to be reported, while nobody can write it down.
    const claims = () =>
      socket.frames.filter(({ type, payload }) => type === 'event' && payload.eventType === 'task_claimed').length;
    const before = claims();
    await eventually(() => claims() > before || undefined, { withinMs: backMs, what: 'an agent at work' });
    await breaks();
    const from = performance.now();
    await Promise.all([sleep(forMs), meanwhile?.()]);
    const to = performance.now();
    const samples = watch.between(from + noticedMs, to);
    await mends();
    await isReady(ask);
    return { from, to, samples };
  }

  return {
    orchestrator,
    url,
    home,
    watch,
    load,
    call: ask,
    outage,
    works,
    async audit() {
      await works();
      await load.stop();
      await watch.stop();
      expect(
        watch.samples.filter(({ health }) => health !== 200),
        '/health answers all along',
      ).toEqual([]);
      expect(
        load.answers.filter(({ status }) => status === undefined),
        'every request is answered',
      ).toEqual([]);
      const log = await auditLog(url, load);
      await auditSocket(socket.frames, log);
      socket.close();
      return log;
    },
    async dispose() {
      socket.close();
      await Promise.all([load.stop(), watch.stop()]);
      const code = await orchestrator.end('SIGTERM');
      // A home that was given is its giver's to remove.
      if (environment['BOARDROOM_HOME'] === undefined) await rm(home, { recursive: true, force: true });
      expect(code, orchestrator.output()).toBe(0);
    },
  };
}

export const agentsConnected = (ask: OutageStage['call']) =>
  eventually(
    async () => {
      const ids: Record<string, string> = {};
      for (const type of agentsAtWork) {
        const { status, body } = await ask('GET', `/agents/${type}`);
        if (status === 200 && body.status === 'running' && body.connected) ids[type] = body.containerId;
      }
      return Object.keys(ids).length === agentsAtWork.length ? ids : undefined;
    },
    { withinMs: 90_000, what: 'connected agents' },
  );

const isReady = (ask: OutageStage['call']) =>
  eventually(async () => ((await ask('GET', '/ready')).status === 200 ? true : undefined), {
    withinMs: backMs,
    what: '/ready well again',
  });

/** All along it said exactly this, and 503 with it unless all is well. */
export function expectReadiness({ samples }: Pick<Outage, 'samples'>, checks: Checks): void {
  expect(samples.length, 'samples of the outage').toBeGreaterThan(1);
  const ready = Object.values(checks).includes('error') ? 503 : 200;
  for (const sample of samples) expect(sample).toMatchObject({ health: 200, ready, checks });
}

/** No agent ended, and none lost its connection. */
export function expectAgentsUntouched(stage: OutageStage, log: readonly LogEvent[]): void {
  expect(log.filter(({ eventType }) => eventType === 'agent_exited')).toEqual([]);
  const sockets = stage.watch.samples.map(({ agentSockets }) => agentSockets);
  expect(new Set(sockets), 'agents connected').toEqual(new Set([agentsAtWork.length]));
}
