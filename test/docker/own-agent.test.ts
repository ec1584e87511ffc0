import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { startBoardroom, type TestBoardroom } from '../support/boardroom.ts';
import { teamIn } from '../support/database.ts';
import { describeDocker, docker, removeTeam } from '../support/docker.ts';
import { eventually } from '../support/eventually.ts';
import { buildImage } from '../support/orchestrator-container.ts';
import { buildOwnImage } from '../support/own-image.ts';

const member = 'command: [node, /opt/member.mjs]';
const withinMs = 20_000;

describeDocker('an agent of somebody else’s, in an image of their own', () => {
  let agentImage = '';
  let room: TestBoardroom | undefined;
  let profiles = '';
  let teamId = '';

  beforeAll(async () => {
    agentImage = await buildImage('agent');
  }, 600_000);
  afterEach(async () => {
    await room?.dispose();
    await removeTeam(teamId);
    await rm(profiles, { recursive: true, force: true });
    room = undefined;
  }, 60_000);

  /** A team of one CEO, whose profile has these lines more in its front matter. */
  async function start(...lines: readonly string[]): Promise<TestBoardroom> {
    profiles = await mkdtemp(join(tmpdir(), 'boardroom-profiles-'));
    await writeProfile(lines);
    room = await startBoardroom({
      AGENT_RUNTIME: 'docker',
      AGENT_IMAGE: agentImage,
      AGENT_SUBNETS: '10.232.0.0/16',
      BOARDROOM_PROFILES: profiles,
      BOARDROOM_AGENTS: 'ceo',
      RESTART_BACKOFF_MS: '10',
      BOARDROOM_SECRET_FOO: 'foo-value-1',
      BOARDROOM_SECRET_BAR: 'bar-value-2',
    });
    teamId = await teamIn(room.databaseUrl);
    return room;
  }
  async function writeProfile(lines: readonly string[]): Promise<void> {
    const profile = await readFile('profiles/ceo.md', 'utf8');
    await writeFile(join(profiles, 'ceo.md'), profile.replace('seat: board', ['seat: board', ...lines].join('\n')));
  }
  const ceo = async () => (await room?.call('GET', '/agents/ceo'))?.body;
  const connected = () =>
    eventually(async () => ((await ceo()).connected ? String((await ceo()).containerId) : undefined), { withinMs });
  const historyOf = async (actionType: string): Promise<string[]> => {
    const answer = await room?.call('GET', '/agents/ceo/history?limit=200');
    return answer?.body.history
      .filter((entry: { actionType: string }) => entry.actionType === actionType)
      .map(({ summary }: { summary: string }) => summary);
  };
  const recorded = (actionType: string, what: RegExp) =>
    eventually(async () => (await historyOf(actionType)).find((summary) => what.test(summary)), {
      withinMs,
      what: String(what),
    });

  it('sits on the board: it reads its inbox, votes, and does its task', async () => {
    const { call } = await start(`image: ${await buildOwnImage('ENTRYPOINT ["false"]', 'WORKDIR /srv')}`, member);
    await connected();
    await call('POST', '/agents/ceo/message', { body: { message: 'Welcome on board' } });
    await recorded('loop_done', /Read .*"Welcome on board".*; voted 0; did 0\./);
    const decision = await call('POST', '/decisions', { body: { title: 'Paint the office', decisionType: 'minor' } });
    const task = await call('POST', '/tasks', { body: { title: 'Greet all', assignTo: 'ceo', priority: 'critical' } });
    const ofTask = `/tasks/${task.body.task.id}`;
    await eventually(async () => (await call('GET', ofTask)).body.status === 'completed' || undefined, { withinMs });
    expect((await call('GET', ofTask)).body.result).toBe('Did "Greet all".');
    const resolved = await call('GET', `/decisions/${decision.body.id}`);
    expect(resolved.body).toMatchObject({ status: 'approved', ceoVote: 'approve' });
    expect(resolved.body.votes[0]).toMatchObject({ castBy: 'ceo', reason: 'I like "Paint the office".' });
  });

  it('is confined like one of ours, and holds of ours only what it cannot change', async () => {
    await start(`image: ${await buildOwnImage('USER root', 'VOLUME /data')}`, member);
    const { Config, HostConfig, Mounts } = await docker.getContainer(await connected()).inspect();
    expect(Config.User).toBe('1000:1000');
    expect(HostConfig).toMatchObject({ CapDrop: ['ALL'], ReadonlyRootfs: true, Init: true, Privileged: false });
    expect(HostConfig.SecurityOpt).toEqual(['no-new-privileges:true']);
    const writable = Mounts.filter(({ RW }) => RW).map(({ Destination }) => Destination);
    expect(new Set(writable)).toEqual(new Set(['/data', '/workspace']));
    const readable = Mounts.filter(({ RW }) => !RW).map(({ Destination }) => Destination);
    expect(new Set(readable)).toEqual(new Set(['/opt/boardroom', '/opt/boardroom-node']));
  });

  it('has in its container what its profile says it is given, and nothing that is only put into its requests', async () => {
    const lent = ['secrets:', '  - { name: FOO, env: FOO_KEY }', '  - { name: BAR, domain: api.bar.dev }'];
    await start(`image: ${await buildOwnImage()}`, ...lent);
    const given = await docker.getContainer(await connected()).inspect();
    expect(given.Config.Env).toContain('FOO_KEY=foo-value-1');
    expect(JSON.stringify({ ...given, Config: { ...given.Config, Env: [] } })).not.toContain('foo-value-1');
    expect(JSON.stringify(given)).not.toContain('bar-value-2');
    await writeProfile([]);
    const without = await eventually(
      async () => {
        const { connected: isUp, containerId } = await ceo();
        if (!isUp || containerId === given.Id) return undefined;
        return docker.getContainer(containerId).inspect();
      },
      { withinMs },
    );
    expect(JSON.stringify(without)).not.toMatch(/foo-value-1|bar-value-2/);
  });

  it('needs no Node.js in its image, and finds a workspace that it can write to', async () => {
    const image = await buildOwnImage('RUN rm /usr/local/bin/node');
    const write = "command: [sh, -c, 'cat > prompt.txt && grep -c boardroom .boardroom/mcp.json && ls -ld .']";
    const { call } = await start(`image: ${image}`, write);
    await connected();
    await call('POST', '/agents/ceo/message', { body: { message: 'Hello' } });
    expect(await recorded('loop_done', /drwx/)).toMatch(/^1\n.* (1000 1000|node node) /);
  });

  it('leaves no process behind, not even one that waits to be reaped', async () => {
    const orphans =
      "for (let n = 0; n < 9; n++) require('node:child_process').spawn('sleep', ['0'], { detached: true }).unref()";
    const { call } = await start(`command: [node, -e, "${orphans}; setTimeout(() => process.exit(0), 50)"]`);
    const containerId = await connected();
    await call('POST', '/agents/ceo/message', { body: { message: 'Hello' } });
    await recorded('loop_done', /without a word/);
    await eventually(async () =>
      (await docker.getContainer(containerId).top()).Processes.length === 2 ? true : undefined,
    );
  });

  it.each([
    [
      'cannot be had',
      async () => 'boardroom-test-own:absent',
      /could not be started: The image boardroom-test-own:absent is not here and cannot be pulled/,
    ],
    [
      'has nothing to run the agent',
      () => buildOwnImage('RUN rm /usr/local/bin/node /usr/lib/*/libstdc++.so*'),
      /exit code 127: nothing in its image runs the agent/,
    ],
    ['has no shell', () => buildOwnImage('RUN rm /bin/sh'), /exit code 127: nothing in its image runs the agent/],
  ])('whose image %s ends with a sentence that says so', async (_why, image, sentence) => {
    await start(`image: ${await image()}`, member);
    expect(await recorded('exited', sentence)).toBeDefined();
    await eventually(async () => ((await ceo()).status === 'failed' ? true : undefined), { withinMs });
  });
});
