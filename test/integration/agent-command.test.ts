import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AgentStage, buildAgent, scheduled, startAgentStage, wake } from '../support/agent-stage.ts';
import { eventually } from '../support/eventually.ts';
import { aMessage } from '../support/rehearsal-stage.ts';
import { agentToken, nothingNew } from '../support/scripted-gateway.ts';
import { newId, processesMarked } from '../support/stand-in.ts';

let agent: Awaited<ReturnType<typeof buildAgent>>;
let stage: AgentStage;
let folder: string;

beforeAll(async () => {
  agent = await buildAgent();
});
afterAll(() => agent.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'boardroom-workspace-'));
  stage = await startAgentStage(agent.file, folder);
});
afterEach(async () => {
  await stage.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** A program of a few lines for Node; `args` come after it. */
const script = (text: string, ...args: string[]) => [process.execPath, '-e', text, ...args];

interface Run {
  readonly argv: readonly string[];
  readonly timeoutMs?: number;
  readonly turnTimeoutMs?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

async function start({ argv, timeoutMs = 20_000, turnTimeoutMs = 20_000, environment = {} }: Run) {
  stage.gateway.script.command = { argv: [...argv], timeoutMs };
  const { PATH = '' } = process.env;
  const started = await stage.startConnected({ PATH, ...environment });
  stage.gateway.send(wake({ turnTimeoutMs }));
  return started;
}

async function reportOf(run: Run) {
  await start(run);
  const [report] = await stage.reported();
  return report;
}

const logLines = () =>
  stage.gateway.connections.flatMap(({ frames }) => frames.flatMap((it) => (it.type === 'log' ? it.lines : [])));

const workspaceFile = async (name: string) => readFile(join(folder, name), 'utf8').catch(() => undefined);

describe('a command', () => {
  it('runs in the workspace with the role and the briefing on its standard input', async () => {
    const messages = [aMessage({ from: 'operator:anna', body: 'How far are we?' })];
    stage.gateway.script.tool = (name) =>
      name === 'read_inbox' ? { messages, more: false } : (nothingNew[name] ?? {});
    const copy =
      "process.stdin.pipe(require('node:fs').createWriteStream('prompt.txt')).on('close', () => console.log('Read.'))";
    expect(await reportOf({ argv: script(copy) })).toMatchObject({ outcome: 'done', summary: 'Read.' });
    const prompt = await workspaceFile('prompt.txt');
    expect(prompt).toContain('You make people understand what we do.');
    expect(prompt).toContain('How far are we?');
    expect(stage.gateway.modelCalls).toEqual([]);
  });

  it('finds the gateway in its environment and in a file that only its user may read, which is gone afterwards', async () => {
    const tell = `const { statSync, readFileSync, writeFileSync } = require('node:fs');
      const file = process.env.BOARDROOM_MCP_CONFIG;
      const seen = { env: process.env, mode: statSync(file).mode & 0o777, config: JSON.parse(readFileSync(file, 'utf8')),
        relative: readFileSync('.boardroom/mcp.json', 'utf8') !== '' };
      writeFileSync('seen.json', JSON.stringify(seen))`;
    const environment = { HTTPS_PROXY: 'http://cmo:x@127.0.0.1:9', NODE_COMPILE_CACHE: '/nowhere' };
    expect(await reportOf({ argv: script(tell), environment })).toMatchObject({ outcome: 'done' });
    const { env, mode, config, relative } = JSON.parse((await workspaceFile('seen.json')) ?? '{}');
    const { url } = stage.gateway;
    expect([mode, relative]).toEqual([0o600, true]);
    expect(config).toEqual({
      mcpServers: {
        boardroom: { type: 'http', url: `${url}/mcp`, headers: { Authorization: `Bearer ${agentToken}` } },
      },
    });
    expect(env).toMatchObject({
      BOARDROOM_URL: url,
      BOARDROOM_TOKEN: agentToken,
      BOARDROOM_AGENT: 'cmo',
      OPENAI_BASE_URL: `${url}/llm/v1`,
      OPENAI_API_KEY: agentToken,
      ANTHROPIC_BASE_URL: `${url}/llm`,
      ANTHROPIC_API_KEY: agentToken,
      NODE_USE_ENV_PROXY: '1',
      ...{ HTTPS_PROXY: environment.HTTPS_PROXY },
    });
    expect(env).not.toHaveProperty('NODE_COMPILE_CACHE');
    expect(await readdir(join(folder, '.boardroom'))).toEqual([]);
  });

  it('gets its arguments as they are written: no shell reads them', async () => {
    const nasty = ['$(touch broken)', '; touch broken', '`touch broken`', '$HOME', '*', 'a b', "'", '\n'];
    const tell = "require('node:fs').writeFileSync('argv.json', JSON.stringify(process.argv.slice(1)))";
    expect(await reportOf({ argv: script(tell, ...nasty) })).toMatchObject({ outcome: 'done' });
    expect(JSON.parse((await workspaceFile('argv.json')) ?? '')).toEqual(nasty);
    await expect(stat(join(folder, 'broken'))).rejects.toThrow('ENOENT');
  });

  it('that has nothing new to do does not run', async () => {
    stage.gateway.script.command = { argv: script("require('node:fs').writeFileSync('ran', '')"), timeoutMs: 1_000 };
    await stage.startConnected();
    stage.gateway.send(scheduled);
    expect(await stage.reported()).toMatchObject([{ outcome: 'idle' }]);
    expect(await workspaceFile('ran')).toBeUndefined();
  });

  it('does not have to read its input', async () => {
    stage.gateway.script.tool = (name) =>
      name === 'recall'
        ? { notes: Array.from({ length: 200 }, (_, at) => ({ key: `k${at}`, note: 'x'.repeat(4_000), updatedAt: '' })) }
        : (nothingNew[name] ?? {});
    const deaf = "require('node:fs').closeSync(0); setTimeout(() => console.log('Deaf.'), 50)";
    expect(await reportOf({ argv: script(deaf) })).toMatchObject({ outcome: 'done', summary: 'Deaf.' });
  });
});

describe('the end of a command', () => {
  it.each([
    ['0', "console.error('working'); console.log('All is well.')", 'done', 'All is well.'],
    ['0, without a word', '', 'done', 'The command ended without a word.'],
    [
      '3',
      "console.log('x'); console.error('No such page'); process.exitCode = 3",
      'failed',
      'exit code 3: No such page',
    ],
    ['a signal', "process.kill(process.pid, 'SIGKILL')", 'failed', 'killed by SIGKILL'],
  ])('with %s is the outcome of the loop', async (_how, text, outcome, summary) => {
    expect(await reportOf({ argv: script(text) })).toMatchObject({ outcome, summary });
  });

  it('is told when there is no such program', async () => {
    const summary = 'the command cannot be started: spawn no-such-program ENOENT';
    expect(await reportOf({ argv: ['no-such-program'] })).toMatchObject({ outcome: 'failed', summary });
  });

  it('comes when its time is up, for one that asks for no grace', async () => {
    const patient =
      "process.on('SIGTERM', () => { console.log('Good-bye.'); process.exit(0) }); setInterval(() => {}, 1e6)";
    const summary = 'stopped after 1 s: Good-bye.';
    expect(await reportOf({ argv: script(patient), timeoutMs: 1_000 })).toMatchObject({ outcome: 'failed', summary });
  });

  it('comes before the gateway would take the agent for hung, for one that ignores the request', async () => {
    const stubborn = "process.on('SIGTERM', () => {}); console.log('Never.'); setInterval(() => {}, 1e6)";
    const report = await reportOf({ argv: script(stubborn), turnTimeoutMs: 4_000 });
    expect(report?.summary).toMatch(/^stopped after 1\.\d s: Never\.$/);
  });

  it('comes when the agent stops', async () => {
    const mark = newId('mark');
    const stubborn = "process.on('SIGTERM', () => {}); console.log('Never.'); setInterval(() => {}, 1e6)";
    const started = await start({ argv: script(stubborn, mark) });
    await eventually(() => logLines().includes('Never.') || undefined);
    started.process.kill('SIGTERM');
    expect((await started.ended).code).toBe(0);
    expect(await processesMarked(mark)).toEqual([]);
    expect(stage.gateway.reports()).toEqual([]);
  });

  it('is the end of all that it started, also of what has left its group', async () => {
    const mark = newId('mark');
    const sleeper = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6)";
    const parent = `const { spawn } = require('node:child_process');
      for (const detached of [false, true])
        spawn(process.execPath, ['-e', ${JSON.stringify(sleeper)}, '${mark}'], { detached, stdio: 'inherit' }).unref();
      setTimeout(() => { console.log('I leave.'); process.exit(0) }, 300);`;
    const report = await reportOf({ argv: script(parent) });
    expect(report).toMatchObject({ outcome: 'done', summary: 'I leave.' });
    expect(await processesMarked(mark)).toEqual([]);
  });
});

describe('the output of a command', () => {
  it('is shown while it runs', async () => {
    const slow = "console.log('\\u001b[31mFirst step\\u001b[0m'); setInterval(() => {}, 1e6)";
    const started = await start({ argv: script(slow) });
    await eventually(() => logLines().includes('First step') || undefined);
    await eventually(() => started.output().includes('command: First step') || undefined);
  });

  it('never shows the token', async () => {
    const leak =
      'console.log(process.env.BOARDROOM_TOKEN); console.error(process.env.OPENAI_API_KEY); process.exitCode = 1';
    const started = await start({ argv: script(leak) });
    const [report] = await stage.reported();
    expect(report?.summary).toBe('exit code 1: [token]');
    expect(logLines().filter((line) => line === '[token]')).toHaveLength(2);
    expect(started.output()).not.toContain(agentToken);
  });

  it.each([
    ['in lines', "'x'.repeat(99) + '\\n'"],
    ['in one line', "'x'.repeat(100)"],
  ])('of 100 MB %s costs neither the connection nor memory, and its last words are kept', async (_how, part) => {
    const flood = `const part = Buffer.from((${part}).repeat(10000));
      const { writeSync } = require('node:fs');
      const write = (bytes) => { for (let at = 0; at < bytes.length;) try { at += writeSync(1, bytes, at) } catch (e) { if (e.code !== 'EAGAIN') throw e } };
      for (let n = 0; n < 100; n++) write(part);
      write(Buffer.from('\\nThe last words.\\n'));`;
    const started = await start({ argv: script(flood), environment: { NODE_OPTIONS: '--max-old-space-size=48' } });
    const [report] = await stage.reported();
    expect(report).toMatchObject({ outcome: 'done', summary: expect.stringMatching(/The last words\.$/) });
    expect(report?.summary.length).toBeLessThanOrEqual(4_000);
    expect(stage.gateway.connections).toHaveLength(1);
    expect(Buffer.byteLength(logLines().join(''))).toBeLessThan(2 ** 20);
    expect(started.output().length).toBeLessThan(2 ** 20);
  });
});
