import { beforeEach, expect, it } from 'vitest';
import { closeCodes } from '../../src/contracts/gateway.ts';
import { gatewayLimits } from '../../src/orchestrator/gateway/limits.ts';
import { docker } from '../support/docker.ts';
import { eventually } from '../support/eventually.ts';
import { alertsAbout, type InsideStage, recorded, refusalsOf, runInside } from '../support/inside-stage.ts';
import * as act from './inside-acts.ts';
import * as flood from './inside-floods.ts';

const limits = gatewayLimits(10);
const toolCall = (name: string, input: Record<string, unknown>) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: input } });
const asking = { path: '/mcp', count: 1, atOnce: 1, token: 'own', body: toolCall('list_tasks', {}) };

/** What a hostile agent tries against the gateway, with its own token and with others. */
export function describeGatewayAttacks(stage: () => InsideStage): void {
  const cmo = () => stage().containerOf('cmo');

  /** A new life, with a full allowance, and forgiven what its former ones did. */
  async function renewed(): Promise<string> {
    await stage().call('POST', '/agents/cmo/restart');
    return cmo();
  }

  /** The main process holds still while another in its container speaks for the agent, and ends when it is let go on. */
  async function asMainProcess<T>(attack: (containerId: string) => Promise<T>): Promise<T> {
    const containerId = await renewed();
    await docker.getContainer(containerId).kill({ signal: 'SIGSTOP' });
    try {
      return await attack(containerId);
    } finally {
      await docker
        .getContainer(containerId)
        .kill({ signal: 'SIGCONT' })
        .catch(() => 'it has ended');
    }
  }

  const floodIsRecordedOnce = async (excess: string) => {
    await recorded(stage(), 'cmo', new RegExp(`too many ${excess};`));
    const alerts = (await alertsAbout(stage(), 'cmo')).filter((message) => message.includes(`too many ${excess};`));
    expect(alerts).toHaveLength(1);
  };

  beforeEach(async () => {
    await cmo();
  });

  it('no vote can be cast in the name of another, nor by one who has none', async () => {
    const { body: decision } = await stage().call('POST', '/decisions', { body: { title: 'Sell the company' } });
    const forged = [{ voterType: 'ceo' }, {}].map((claim) =>
      toolCall('vote', { decisionId: decision.id, vote: 'approve', reason: 'mine', ...claim }),
    );
    for (const body of forged) {
      const { seen, texts } = await runInside(await cmo(), flood.request, { ...asking, body });
      expect(seen).toEqual({ 200: 1 });
      expect(texts.join()).toMatch(/"isError":true/);
    }
    const { votes } = (await stage().call('GET', `/decisions/${decision.id}`)).body;
    expect(votes.filter(({ reason }: { reason: string }) => reason === 'mine')).toEqual([]);
    await recorded(stage(), 'cmo', /^vote: .*voterType/);
    await recorded(stage(), 'cmo', /^vote: .*may not do this/);
  });

  it('a thousand connections: as many are held as there are places, and the flood is recorded once', async () => {
    const { held, dropped } = await runInside(await cmo(), flood.connections, 1_000);
    expect(held).toBeLessThanOrEqual(limits.connections);
    expect(held + dropped).toBe(1_000);
    await floodIsRecordedOnce('connections');
  });

  it('half a request holds its place for seconds, not for ever', async () => {
    const count = 40;
    expect(await runInside(await cmo(), flood.dawdle, count)).toBe(count);
  }, 90_000);

  it('requests with a guessed token are refused, and soon not even looked up', async () => {
    const guess = { ...asking, count: 450, atOnce: 32, token: 'bra_guess', body: '{}' };
    const { seen } = await runInside(await renewed(), flood.request, guess);
    // A connection may end under a request: that is no answer, and no way in.
    expect(Object.keys(seen)).toEqual(expect.arrayContaining(['401', '429']));
    expect(Object.keys(seen).filter((status) => !['401', '429', 'none'].includes(status))).toEqual([]);
    await floodIsRecordedOnce('requests');
  }, 90_000);

  it('tool calls above the rate are refused in words that say when to come back', async () => {
    const { seen, refusals, withoutRetryAfter } = await runInside(await renewed(), flood.request, {
      ...asking,
      count: 200,
      atOnce: 4,
    });
    expect(Object.keys(seen)).toEqual(expect.arrayContaining(['200', '429']));
    expect(refusals).toContain('Too many calls: cmo may have 10 a second, 100 at once; try again in n s');
    expect(withoutRetryAfter).toBe(0);
    await floodIsRecordedOnce('calls');
  }, 90_000);

  it('a hundred calls in one request are one refusal', async () => {
    const body = `[${Array.from({ length: 100 }, () => asking.body).join()}]`;
    const { seen, texts } = await runInside(await renewed(), flood.request, { ...asking, body });
    expect(seen).toEqual({ 400: 1 });
    expect(texts.join()).toContain('one message a request');
  });

  it('bodies beyond the bound are refused, and so are too many within it', async () => {
    const containerId = await renewed();
    const huge = { ...asking, body: toolCall('remember', { key: 'x', note: 'x'.repeat(1 << 20) }) };
    expect((await runInside(containerId, flood.request, huge)).seen).toEqual({ 413: 1 });
    const chat = { messages: [{ role: 'user', content: 'x'.repeat(6 << 20) }], model: 'rehearsal' };
    const many = { ...asking, path: '/llm/v1/chat/completions', count: 12, atOnce: 3, body: JSON.stringify(chat) };
    const { seen } = await runInside(containerId, flood.request, many);
    expect(seen['429']).toBeGreaterThan(0);
    await floodIsRecordedOnce('bytes of bodies');
  });

  it.each<[string, { text: string; count: number }, number, string]>([
    ['frames', { text: JSON.stringify({ type: 'heartbeat' }), count: 5_000 }, closeCodes.flooding, 'too many frames'],
    ['bytes on its socket', { text: logFrame(100), count: 50 }, closeCodes.flooding, 'too many bytes'],
    ['a large frame', { text: 'x'.repeat(10 << 20), count: 1 }, 1009, ''],
  ])('too much on a socket (%s) closes it with the reason', async (excess, frames, code, because) => {
    const end = await asMainProcess((containerId) => runInside(containerId, flood.socket, frames));
    expect(end).toEqual({ code, because });
    if (code === closeCodes.flooding) await floodIsRecordedOnce(excess);
  });

  it.each(['pings', 'fragments'] as const)('too many %s, which make no frame, end a socket as well', async (what) => {
    expect(await asMainProcess((containerId) => runInside(containerId, flood.trickle, what, 4 << 20))).toBe('ended');
  });

  it('a socket that is opened again and again has to wait', async () => {
    const seen = await asMainProcess((containerId) => runInside(containerId, flood.reconnect, 60));
    expect(seen['429']).toBeGreaterThan(30);
    await floodIsRecordedOnce('new sockets');
  });

  it('the live token of another, had by whatever means, is of no use, and that is recorded', async () => {
    const stolen = await runInside(await stage().containerOf('dao'), act.ownToken);
    const { seen } = await runInside(await cmo(), flood.request, { ...asking, token: stolen });
    expect(seen).toEqual({ 401: 1 });
    await recorded(stage(), 'cmo', /used the token of dao/);
  });

  it('a token of a life that has ended is dead, and a thousand uses of it do not make a thousand rows', async () => {
    const old = await runInside(await cmo(), act.ownToken);
    const containerId = await renewed();
    const before = (await refusalsOf(stage(), 'cmo')).length;
    const replay = { ...asking, count: 1_000, atOnce: 32, token: old };
    const { seen } = await runInside(containerId, flood.request, replay);
    expect(Object.keys(seen).filter((status) => !['401', '429', 'none'].includes(status))).toEqual([]);
    expect(seen['401']).toBeGreaterThan(0);
    await recorded(stage(), 'cmo', /the token of the ended instance/);
    expect((await refusalsOf(stage(), 'cmo')).length - before).toBeLessThanOrEqual(25);
  }, 120_000);

  it('while one floods with all of it, the others work as if nothing were', async () => {
    const dao = await stage().containerOf('dao');
    const quiet = await measure(stage(), dao);
    const before = await heartbeatOf(stage(), 'dao');
    const attacker = await renewed();
    const [loud, attempts] = await Promise.all([
      measure(stage(), dao),
      runInside(attacker, flood.everything, 12_000),
      eventually(async () => ((await heartbeatOf(stage(), 'dao')) > before ? true : undefined), {
        what: 'a heartbeat of the DAO',
      }),
    ]);
    expect(attempts).toBeGreaterThan(100);
    for (const what of ['health', 'vote', 'tool'] as const) {
      const message = `${what}: ${quiet[what].toFixed(1)} ms in quiet, ${loud[what].toFixed(1)} ms in the flood`;
      console.log(message);
      // A quiet value of a few milliseconds would make chance the judge.
      expect(loud[what], message).toBeLessThanOrEqual(10 * Math.max(quiet[what], 10));
    }
    expect(await stage().containerOf('dao')).toBe(dao);
  }, 120_000);
}

function logFrame(lines: number): string {
  return JSON.stringify({ type: 'log', lines: Array.from({ length: lines }, () => 'x'.repeat(1_900)) });
}

async function heartbeatOf({ call }: InsideStage, agentType: string): Promise<number> {
  return Date.parse((await call('GET', `/agents/${agentType}`)).body.lastHeartbeat);
}

/** Medians, in milliseconds, of what others do meanwhile. */
async function measure(stage: InsideStage, other: string) {
  const [health, vote] = [[] as number[], [] as number[]];
  for (let round = 0; round < 15; round += 1) {
    health.push(await timed(() => stage.call('GET', '/health')));
    // A matter for the CEO alone: the other agent would be woken to vote, and spend the calls that are measured here.
    const matter = { title: `Round ${round}`, decisionType: 'minor' };
    const { body } = await stage.call('POST', '/decisions', { body: matter });
    const casting = { voterType: 'ceo', vote: 'veto', reason: 'measured' };
    vote.push(await timed(() => stage.call('POST', `/decisions/${body.id}/vote`, { body: casting })));
  }
  const tool = await runInside(other, flood.timeCalls, 20);
  return { health: median(health), vote: median(vote), tool: median(tool) };
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await act();
  return performance.now() - begin;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
