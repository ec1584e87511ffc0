import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startBoardroom, type TestBoardroom } from '../support/boardroom.ts';
import { eventually } from '../support/eventually.ts';

describe('an agent of somebody else’s, as a process', () => {
  let room: TestBoardroom | undefined;
  let profiles = '';

  afterEach(async () => {
    await room?.dispose();
    await rm(profiles, { recursive: true, force: true });
  });

  async function start(line: string, environment: Record<string, string> = {}): Promise<TestBoardroom> {
    profiles = await mkdtemp(join(tmpdir(), 'boardroom-profiles-'));
    const profile = await readFile('profiles/ceo.md', 'utf8');
    await writeFile(join(profiles, 'ceo.md'), profile.replace('seat: board', `seat: board\n${line}`));
    room = await startBoardroom({ BOARDROOM_PROFILES: profiles, BOARDROOM_AGENTS: 'ceo', ...environment });
    return room;
  }

  it('runs its command in its workspace for each wake, and its end is the loop’s', async () => {
    const { call, home } = await start("command: [sh, -c, 'cat > prompt.txt; echo No idea; exit 3']");
    await call('POST', '/agents/ceo/message', { body: { message: 'How far are we?' } });
    const loop = await eventually(async () => {
      const { history } = (await call('GET', '/agents/ceo/history?limit=200')).body;
      return history.find(({ actionType }: { actionType: string }) => actionType === 'loop_failed');
    });
    expect(loop.summary).toBe('exit code 3: No idea');
    expect(await readFile(join(home, 'workspaces/ceo/prompt.txt'), 'utf8')).toContain('How far are we?');
  });

  it('that needs an image is not started, and says why', async () => {
    const { call } = await start('image: node:24-bookworm-slim');
    const because =
      'its profile names the image node:24-bookworm-slim, which needs containers: set AGENT_RUNTIME=docker';
    await eventually(async () => ((await call('GET', '/agents/ceo')).body.because === because ? true : undefined));
    const { status, containerId } = (await call('GET', '/agents/ceo')).body;
    expect({ status, containerId }).toEqual({ status: 'stopped', containerId: null });
  });

  it('is given the variables that its profile lists, whose values show up nowhere else', async () => {
    const lent = [
      'secrets:',
      '  - { name: FOO, env: FOO_KEY }',
      '  - { name: BAR, domain: api.bar.dev }',
      '  - { name: LOST, env: LOST }',
    ];
    const command = `command: [sh, -c, 'env > env.txt; echo "$FOO_KEY"; exit 3']`;
    const values = { BOARDROOM_SECRET_FOO: 'an-older-value', BOARDROOM_SECRET_BAR: 'bar-value-2' };
    const { call, home } = await start([command, ...lent].join('\n'), values);
    await eventually(async () => (await call('GET', '/agents/ceo')).body.status === 'running' || undefined);
    // What an operator sets goes before the environment, and the running agent is given it.
    expect((await call('POST', '/settings/secrets/FOO', { body: { value: 'foo-value-1' } })).status).toBe(200);
    await eventually(async () => {
      const { events } = (await call('GET', '/events?type=agent_exited&limit=1')).body;
      const { status } = (await call('GET', '/agents/ceo')).body;
      return (events.length > 0 && status === 'running') || undefined;
    });
    await call('POST', '/agents/ceo/message', { body: { message: 'Hello' } });
    const history = await eventually(async () => {
      const { body } = await call('GET', '/agents/ceo/history?limit=200');
      return JSON.stringify(body).includes('loop_failed') ? JSON.stringify(body) : undefined;
    });
    expect(history).toContain('exit code 3: [FOO]');
    const environment = await readFile(join(home, 'workspaces/ceo/env.txt'), 'utf8');
    expect(environment).toContain('FOO_KEY=foo-value-1');
    expect(environment).not.toContain('bar-value-2');
    const events = JSON.stringify((await call('GET', '/events?limit=200')).body);
    expect(events).toContain('started without its secret LOST');
    const records = await Promise.all(
      (await readdir(join(home, 'run'))).map((name) => readFile(join(home, 'run', name), 'utf8')),
    );
    const shown = [history, events, JSON.stringify((await call('GET', '/agents/ceo')).body), ...records].join();
    expect(shown).not.toMatch(/foo-value-1|bar-value-2/);
  });

  it('asks by way of the gateway under the rules of the proxy, and a human is asked for what is not allowed', async () => {
    const ask = `const { BOARDROOM_URL, BOARDROOM_TOKEN } = process.env;
      fetch(BOARDROOM_URL + '/fetch/api.bar.dev/x?y=z', { headers: { Authorization: 'Bearer ' + BOARDROOM_TOKEN } })
        .then(async (answer) => console.log(answer.status, await answer.text()))`;
    const { call } = await start(`command: ${JSON.stringify(['node', '-e', ask])}`);
    await call('POST', '/agents/ceo/message', { body: { message: 'Hello' } });
    await eventually(async () => {
      const { history } = (await call('GET', '/agents/ceo/history?limit=200')).body;
      return history.find(({ summary }: { summary: string }) =>
        /^403 .*api\.bar\.dev: it is not on the whitelist/.test(summary),
      );
    });
    const denied = await eventually(async () => {
      const { events } = (await call('GET', '/events?type=egress_denied&limit=10')).body;
      return events[0]?.payload;
    });
    expect(denied).toMatchObject({ agentType: 'ceo', domain: 'api.bar.dev' });
  });
});
