import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closeCodes } from '../../src/contracts/gateway.ts';
import { type AgentProcess, type AgentStage, buildAgent, startAgentStage, wake } from '../support/agent-stage.ts';
import { eventually } from '../support/eventually.ts';
import { agentToken } from '../support/scripted-gateway.ts';

let agent: Awaited<ReturnType<typeof buildAgent>>;
let stage: AgentStage;

beforeAll(async () => {
  agent = await buildAgent();
});
afterAll(() => agent.remove());
beforeEach(async () => {
  stage = await startAgentStage(agent.file);
});
afterEach(() => stage.dispose());

describe('the connection', () => {
  it('says hello with the token, then sends heartbeats', async () => {
    stage.gateway.script.heartbeatMs = 50;
    stage.start();
    const { authorization, frames } = await stage.connected();
    expect(authorization).toBe(`Bearer ${agentToken}`);
    expect(frames[0]).toMatchObject({ type: 'hello', loopId: null });
    await eventually(() => frames.filter(({ type }) => type === 'heartbeat').length >= 5 || undefined);
    expect(stage.gateway.connections).toHaveLength(1);
  });

  it('is made again after the gateway was away, and outlasts its absence', async () => {
    await stage.startConnected();
    await stage.gateway.vanish();
    await stage.gateway.listen();
    await stage.connected(2);
  });

  it('is given up and made again when the other side falls silent', async () => {
    stage.gateway.script.heartbeatMs = 50;
    await stage.startConnected();
    stage.gateway.script.mute = true;
    await eventually(() => stage.gateway.connections[0]?.closedWith, {
      withinMs: 2_000,
      what: 'the end of the silent connection',
    });
    stage.gateway.script.mute = false;
    await stage.connected(2);
  });

  it('is tried again when an upgrade is refused for another reason than the token', async () => {
    stage.gateway.script.refuseUpgrade = 503;
    const agent = stage.start();
    await eventually(() => agent.output().includes('upgrade with 503') || undefined);
    stage.gateway.script.refuseUpgrade = undefined;
    await stage.connected();
  });

  it.each([['the token is refused', () => (stage.gateway.script.refuseUpgrade = 401)]])(
    'ends the process with 0 when %s',
    async (_name, arrange) => {
      arrange();
      const { code, output } = await stage.start().ended;
      expect(code).toBe(0);
      expect(output).toContain('does not accept the token');
      expect(output).not.toContain(agentToken);
    },
  );

  it('ends the process with 0 when the token is refused, which no log shows', async () => {
    stage.gateway.script.refuseUpgrade = 401;
    const { code, output } = await stage.start().ended;
    expect(code).toBe(0);
    expect(output).toContain('does not accept the token');
    expect(output).not.toContain(agentToken);
  });

  it.each([
    ['ended', closeCodes.ended],
    ['was superseded', closeCodes.superseded],
  ])('ends the process with 0 when the instance %s', async (_name, closeCode) => {
    const { ended } = await stage.startConnected();
    stage.gateway.connections[0]?.socket.close(closeCode);
    expect((await ended).code).toBe(0);
    expect(stage.gateway.connections).toHaveLength(1);
  });
});

describe('the end', () => {
  /** About a second, and as much again for a busy machine. */
  const endsSoon = async (process: AgentProcess) => {
    const begin = performance.now();
    const end = await process.ended;
    expect(performance.now() - begin).toBeLessThan(2_000);
    return end;
  };

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'comes within moments of %s, in the middle of a loop, with 0 and a goodbye',
    async (signal) => {
      stage.gateway.script.model = () => new Promise(() => {});
      const started = await stage.startConnected();
      stage.gateway.send(wake());
      await eventually(() => stage.gateway.modelCalls.length || undefined);
      started.process.kill(signal);
      const { code, output } = await endsSoon(started);
      expect(code).toBe(0);
      expect(output).toContain('loop lop_1 was interrupted');
      expect(stage.gateway.connections[0]?.closedWith).toBe(1000);
      expect(stage.gateway.reports()).toEqual([]);
    },
  );

  it('comes within moments of SIGTERM while there is no gateway', async () => {
    await stage.gateway.vanish();
    const started = stage.start();
    await eventually(() => started.process.pid);
    await once(started.process.stdout ?? started.process, 'data');
    started.process.kill('SIGTERM');
    expect(await endsSoon(started)).toMatchObject({ code: 0 });
    await stage.gateway.listen();
  });

  it('comes within moments of SIGTERM when the gateway does not answer the goodbye', async () => {
    const started = await stage.startConnected();
    stage.gateway.script.mute = true;
    stage.gateway.connections[0]?.socket.pause();
    started.process.kill('SIGTERM');
    expect(await endsSoon(started)).toMatchObject({ code: 0 });
  });

  it('comes when the gateway asks for it', async () => {
    const started = await stage.startConnected();
    stage.gateway.send({ type: 'shutdown', because: 'stopped by anna' });
    const { code, output } = await endsSoon(started);
    expect(code).toBe(0);
    expect(output).toContain('stopped by anna');
    for (const line of output.trim().split('\n')) {
      expect(JSON.parse(line)).toEqual({
        time: expect.any(String),
        level: expect.any(String),
        msg: expect.any(String),
      });
    }
  });

  it('comes with 78 and one sentence when the configuration is wrong', async () => {
    const { code, output } = await stage.start({ BOARDROOM_URL: 'nowhere' }).ended;
    expect(code).toBe(78);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(output).toMatch(/^BOARDROOM_URL is wrong: it must be/);
  });

  it('comes with 0 after a warm-up, which needs no configuration', async () => {
    expect(await stage.start({ BOARDROOM_URL: '' }, ['--warm']).ended).toMatchObject({ code: 0, output: '' });
  });
});
