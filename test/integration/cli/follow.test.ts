import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { adminKey, call, quick, startBoardroom, type TestBoardroom } from '../../support/boardroom.ts';
import { type RunningCli, startCli } from '../../support/cli.ts';
import { createEmptyDatabase } from '../../support/database.ts';
import type { EmptyDatabase } from '../../support/empty-database.ts';
import { freePort } from '../../support/free-port.ts';
import { startOrchestrator } from '../../support/orchestrator-process.ts';

let database: EmptyDatabase;
let environment: Record<string, string>;
let house: TestBoardroom;
const running: RunningCli[] = [];

beforeAll(async () => {
  database = await createEmptyDatabase();
  environment = {
    DATABASE_URL: database.url,
    BOARDROOM_HOME: await mkdtemp(join(tmpdir(), 'boardroom-test-')),
    ORCHESTRATOR_PORT: String(await freePort()),
    GATEWAY_PORT: String(await freePort()),
    EGRESS_PORT: String(await freePort()),
  };
  house = await startBoardroom(environment);
});
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
});
afterAll(async () => {
  await house.close();
  await database.drop();
  await rm(house.home, { recursive: true, force: true });
});

function follow(...words: string[]): RunningCli {
  const cli = startCli(words, { environment: { BOARDROOM_API_URL: house.url, BOARDROOM_KEY: adminKey } });
  running.push(cli);
  return cli;
}

const change = (value: number) =>
  house.call('POST', '/settings/queue/delay_low', { body: { value, description: 'for the test' } });
const valuesIn = (text: string): number[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).payload.value);

describe('events that are followed', () => {
  const words = ['events', '-f', '--json', '--type', 'setting_changed', '--since', '0'];

  it('come once and in order, one JSON document a line, while the orchestrator goes away and returns', async () => {
    await change(1);
    const cli = follow(...words);
    await cli.until('"value":1,');
    await change(2);
    await cli.until('"value":2,');
    await house.close('leave_team');
    // Somebody writes into the log before our line is back up.
    house = await startBoardroom(environment);
    for (const value of [3, 4, 5]) await change(value);
    await cli.until('"value":5,');
    await house.close('leave_team');
    house = await startBoardroom(environment);
    await change(6);
    await cli.until('"value":6,');
    expect(valuesIn(cli.stdout())).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('begin with the last of the log when no place is given', async () => {
    const cli = follow('events', '-f', '--type', 'setting_changed', '-n', '2');
    await cli.until(/(.*setting_changed.*\n){2}/);
    await change(7);
    await cli.until(/(.*setting_changed.*\n){3}/);
    expect(cli.stdout().trim().split('\n')).toHaveLength(3);
  });

  it('say beside the answer that the orchestrator is gone, once, and that it is back', async () => {
    const cli = follow('events', '-f', '--since', '0');
    await cli.until('setting_changed');
    await house.close('leave_team');
    await cli.untilSaid(/is gone/);
    house = await startBoardroom(environment);
    await cli.untilSaid('(it goes on)');
    expect(cli.stdout()).not.toMatch(/is gone|goes on/);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('end with %s, without a word and as a success', async (signal) => {
    const cli = follow('events', '-f', '--since', '0');
    await cli.until('setting_changed');
    cli.child.kill(signal);
    expect(await cli.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('end with exit code 4 when the key is revoked', async () => {
    const { body } = await house.call('POST', '/keys', { body: { name: 'a listener', role: 'viewer' } });
    const cli = follow(...words, '--key', body.secret);
    await cli.until('"value":1,');
    await house.call('DELETE', `/keys/${body.key.id}`);
    expect((await cli.ended).code).toBe(4);
  });

  it('are refused with exit code 4 for a key that nobody knows, and 3 where nobody is', async () => {
    expect((await follow(...words, '--key', 'brk_unknown').ended).code).toBe(4);
    expect((await follow(...words, '--url', `http://127.0.0.1:${await freePort()}`).ended).code).toBe(3);
  });
});

describe('logs that are followed', () => {
  it('miss and repeat no line while the orchestrator is killed and returns, and its agents live on', async () => {
    const own = await createEmptyDatabase();
    const home = await mkdtemp(join(tmpdir(), 'boardroom-test-'));
    const place = {
      ...environment,
      ...quick,
      DATABASE_URL: own.url,
      BOARDROOM_HOME: home,
      BOARDROOM_ADMIN_KEY: adminKey,
      BOARDROOM_AGENTS: 'cfo',
      AGENT_RUNTIME: 'process',
      ORCHESTRATOR_PORT: String(await freePort()),
      GATEWAY_PORT: String(await freePort()),
      // The agent may be without its orchestrator for a while before it counts as hung.
      HEARTBEAT_MS: '10000',
    };
    let orchestrator = await startOrchestrator(place);
    try {
      const cli = startCli(['logs', '-f', 'cfo', '--url', orchestrator.url, '--key', adminKey]);
      running.push(cli);
      await cli.until('connected as cfo');
      await orchestrator.end('SIGKILL');
      await cli.untilSaid(/gone|not answer/);
      orchestrator = await startOrchestrator(place);
      // In between the agent has written that nobody is there; that was read only after the return.
      await cli.until(/no connection to the gateway.*\n(.*\n)*.*connected as cfo/);
      const written = await call(`${orchestrator.url}/agents/cfo/logs?tail=10000`, 'GET', {});
      await cli.until(String(written.body).trimEnd().split('\n').at(-1) ?? '');
      expect(cli.stdout().slice(0, written.body.length)).toBe(written.body);
      expect(cli.stdout().match(/agent cfo starts/g)).toHaveLength(1);
    } finally {
      await call(`${orchestrator.url}/agents/cfo/stop`, 'POST', {});
      await orchestrator.end('SIGTERM');
      await own.drop();
      await rm(home, { recursive: true, force: true });
    }
  });

  it('go on in the next life of the agent', async () => {
    const cli = follow('logs', '-f', 'cfo');
    await cli.untilSaid('cfo does not run');
    await house.call('POST', '/agents/cfo/start');
    await cli.until('connected as cfo');
    await house.call('POST', '/agents/cfo/stop');
    await cli.untilSaid(/cfo (has ended|does not run)/);
    await house.call('POST', '/agents/cfo/start');
    await cli.until(/(connected as cfo[^$]*){2}/);
    expect(cli.stdout().match(/agent cfo starts/g)).toHaveLength(2);
    await house.call('POST', '/agents/cfo/stop');
  });

  it('of a role that is not there are an error at once', async () => {
    expect(await follow('logs', '-f', 'nobody').ended).toMatchObject({ code: 1, stdout: '' });
  });
});
