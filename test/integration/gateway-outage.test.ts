import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type GatewayFrame, gatewayPaths } from '../../src/contracts/gateway.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { type CutStage, openCutStage } from '../support/http-cut-stage.ts';

/** A real agent stands still, and the test speaks in its place, with its token. */
interface Impostor {
  readonly socket: WebSocket;
  readonly frames: readonly GatewayFrame[];
  say(frame: object): void;
  frame<T extends GatewayFrame['type']>(type: T): Promise<Extract<GatewayFrame, { type: T }>>;
}

let stage: CutStage;
let gateway = '';
let agentPid = 0;

beforeEach(async () => {
  const port = await freePort();
  gateway = `http://127.0.0.1:${port}`;
  // Nobody is taken for silent here: the impostor sends no heartbeats.
  stage = await openCutStage({ BOARDROOM_AGENTS: 'cmo', GATEWAY_PORT: String(port), HEARTBEAT_MS: '60000' });
});
afterEach(async () => {
  if (agentPid > 0) process.kill(agentPid, 'SIGCONT');
  await stage.dispose();
});

async function findAgent(): Promise<{ pid: number; token: string } | undefined> {
  for (const entry of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = (await readFile(`/proc/${entry}/environ`, 'utf8').catch(() => '')).split('\0');
    const token = environment.find((line) => line.startsWith('BOARDROOM_TOKEN='));
    if (environment.includes(`BOARDROOM_URL=${gateway}`) && token)
      return { pid: Number(entry), token: token.slice('BOARDROOM_TOKEN='.length) };
  }
  return undefined;
}

async function takeOver(): Promise<Impostor> {
  const connected = async () =>
    (await stage.ok('getAgent', { params: { type: 'cmo' } }))['connected'] ? true : undefined;
  await eventually(connected, { withinMs: 30_000, what: 'a connected CMO' });
  const agent = await eventually(findAgent, { what: 'the agent’s process' });
  agentPid = agent.pid;
  process.kill(agentPid, 'SIGSTOP');
  const socket = new WebSocket(gateway.replace('http', 'ws') + gatewayPaths.socket, {
    headers: { authorization: `Bearer ${agent.token}` },
  });
  const frames: GatewayFrame[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data))));
  await once(socket, 'open');
  return {
    socket,
    frames,
    say: (frame) => socket.send(JSON.stringify(frame)),
    frame: <T extends GatewayFrame['type']>(type: T) =>
      eventually(() => frames.find((frame): frame is Extract<GatewayFrame, { type: T }> => frame.type === type), {
        withinMs: 30_000,
        what: `a ${type} frame`,
      }),
  };
}

describe.skipIf(process.platform !== 'linux')('an agent whose loop ends while the database is away', () => {
  it('keeps its socket, and its report is taken when the database is back', async () => {
    const agent = await takeOver();
    agent.say({ type: 'hello', version: 'test', loopId: null });
    await agent.frame('welcome');
    await stage.ok('createTask', { body: { title: 'Look around', assignTo: 'cmo', priority: 'critical' } });
    const { loopId } = await agent.frame('wake');
    await stage.proxy.cut();
    agent.say({ type: 'report', loopId, outcome: 'done', summary: 'looked around' });
    const isAway = async () => ((await stage.ask('getReadiness')).status === 503 ? true : undefined);
    for (let look = 0; look < 20; look += 1) await eventually(isAway, { what: 'the absence of the database' });
    expect(agent.frames.some(({ type }) => type === 'report_ack')).toBe(false);
    expect(agent.socket.readyState, 'the socket is open').toBe(WebSocket.OPEN);
    await stage.proxy.restore();
    expect(await agent.frame('report_ack')).toMatchObject({ loopId });
    agent.socket.terminate();
  });

  it('may report as often as it likes: nothing of a report stays with its socket', async () => {
    const warnings: string[] = [];
    const note = (warning: Error) => warnings.push(warning.message);
    process.on('warning', note);
    const agent = await takeOver();
    agent.say({ type: 'hello', version: 'test', loopId: null });
    await agent.frame('welcome');
    for (let time = 0; time < 20; time += 1)
      agent.say({ type: 'report', loopId: 'lop_of_another_time', outcome: 'done', summary: 'Once more.' });
    await eventually(() => agent.frames.filter(({ type }) => type === 'report_ack').length === 20 || undefined, {
      what: 'twenty acknowledgements',
    });
    process.off('warning', note);
    expect(warnings.filter((warning) => warning.includes('listeners added to [WebSocket]'))).toEqual([]);
  });
});
