import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { GatewayFrame } from '../../src/contracts/gateway.ts';
import { eventually } from './eventually.ts';
import { type AgentConnection, agentToken, type ScriptedGateway, startScriptedGateway } from './scripted-gateway.ts';

/** The agent's bundle, made as the build makes it, in a folder of its own. */
export async function buildAgent(): Promise<{ readonly file: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'boardroom-agent-'));
  const file = join(folder, 'agent.cjs');
  await build({
    entryPoints: [new URL('../../src/agents/main.ts', import.meta.url).pathname],
    outfile: file,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
  });
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface AgentProcess {
  readonly process: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
  output(): string;
}

/** One scripted gateway, and agents that call it. */
export interface AgentStage {
  readonly gateway: ScriptedGateway;
  start(environment?: Readonly<Record<string, string>>, args?: readonly string[]): AgentProcess;
  startConnected(environment?: Readonly<Record<string, string>>): Promise<AgentProcess>;
  /** The connection of this number, once its hello is there. */
  connected(count?: number): Promise<AgentConnection>;
  /** All reports, once there are so many. */
  reported(count?: number): Promise<ReturnType<ScriptedGateway['reports']>>;
  dispose(): Promise<void>;
}

export async function startAgentStage(bundle: string, folder = '.'): Promise<AgentStage> {
  const gateway = await startScriptedGateway();
  const started: AgentProcess[] = [];

  const connected = (count = 1) =>
    eventually(() => gateway.connections.find(({ frames }, at) => at === count - 1 && frames.length > 0), {
      what: `connection ${count} with a hello`,
    });

  const start: AgentStage['start'] = (environment = {}, args = []) => {
    const process = spawn(globalThis.process.execPath, [bundle, ...args], {
      cwd: folder,
      env: { BOARDROOM_URL: gateway.url, BOARDROOM_TOKEN: agentToken, BOARDROOM_AGENT: 'cmo', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('data', (data) => {
        output += String(data);
      });
    }
    const ended = once(process, 'close').then(([code]) => ({ code, output }));
    const agent = { process, ended, output: () => output };
    started.push(agent);
    return agent;
  };

  return {
    gateway,
    start,
    connected,
    async startConnected(environment) {
      const agent = start(environment);
      await connected();
      return agent;
    },
    reported: (count = 1) =>
      eventually(() => (gateway.reports().length >= count ? gateway.reports() : undefined), {
        what: `report ${count}`,
      }),
    async dispose() {
      for (const { process, ended } of started) {
        if (process.exitCode === null) process.kill('SIGKILL');
        await ended;
      }
      await gateway.vanish();
    },
  };
}

export const wake = (parts: Partial<Extract<GatewayFrame, { type: 'wake' }>> = {}): GatewayFrame => ({
  type: 'wake',
  loopId: 'lop_1',
  wakes: [{ reason: 'message', subjects: ['msg_1'] }],
  turnTimeoutMs: 20_000,
  initiative: false,
  ...parts,
});

export const scheduled = wake({ wakes: [{ reason: 'schedule', subjects: [] }] });
