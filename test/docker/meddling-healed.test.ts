import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { agentName } from '../../src/orchestrator/platform/docker-names.ts';
import { describeDocker, docker } from '../support/docker.ts';
import { eventually } from '../support/eventually.ts';
import { newId } from '../support/stand-in.ts';
import { agentImage, type Life, type MeddlingStage, openMeddlingStage } from './meddling-stage.ts';

const timeout = 120_000;

describeDocker('a container meddled with by hand is replaced', () => {
  let stage: MeddlingStage;
  let before: Life;
  beforeAll(async () => {
    stage = await openMeddlingStage();
  }, 600_000);
  afterAll(() => stage.dispose());
  beforeEach(async () => {
    before = await stage.freshLife();
  }, timeout);

  const name = () => agentName(stage.teamId, 'cmo');
  const pidOf = async ({ containerId }: Life) => (await docker.getContainer(containerId).inspect()).State.Pid;
  const alone = (life: Life) =>
    eventually(async () => ((await stage.running()).join() === life.containerId ? true : undefined), {
      what: 'one container and no other',
    });

  test('after docker stop, which nobody asked us for', { timeout }, async () => {
    await stage.container(before).stop({ t: 10 });
    const after = await stage.lifeAfter(before);
    expect(after.recentExits[0]).toMatchObject({ requested: false, code: 0 });
    await alone(after);
  });

  test('after docker kill', { timeout }, async () => {
    await stage.container(before).kill();
    const after = await stage.lifeAfter(before);
    expect(after.recentExits[0]).toMatchObject({ requested: false, code: 137 });
    await alone(after);
  });

  test('after docker rm -f', { timeout }, async () => {
    await stage.container(before).remove({ force: true });
    const after = await stage.lifeAfter(before);
    expect(after.recentExits[0]).toMatchObject({ requested: false });
    await alone(after);
  });

  test('after docker pause: its heart does not beat', { timeout }, async () => {
    await stage.container(before).pause();
    const after = await stage.lifeAfter(before);
    expect(after.recentExits[0]?.reason).toContain('no sign of life');
    await alone(after);
  });

  test('after docker network disconnect: it cannot be heard', { timeout }, async () => {
    await docker.getNetwork(name()).disconnect({ Container: before.containerId });
    const after = await stage.lifeAfter(before);
    expect(after.recentExits[0]?.reason).toContain('no sign of life');
    await alone(after);
  });

  test('after its network was taken away: that is made anew', { timeout }, async () => {
    await docker.getNetwork(name()).disconnect({ Container: before.containerId });
    await docker.getNetwork(name()).remove();
    const after = await stage.lifeAfter(before);
    expect(await docker.getNetwork(name()).inspect()).toMatchObject({ Internal: true });
    await alone(after);
  });

  test('after docker restart: a life is lived once', { timeout }, async () => {
    await stage.container(before).restart({ t: 10 });
    await alone(await stage.lifeAfter(before));
  });

  test('when the engine was told to restart it: there is one authority', { timeout }, async () => {
    await stage.container(before).update({ RestartPolicy: { Name: 'always' } });
    process.kill(await pidOf(before), 'SIGKILL');
    const after = await stage.lifeAfter(before);
    expect(after.recentExits[0]).toMatchObject({ requested: false, code: 137 });
    await alone(after);
  });

  test('after docker rename, which takes it out of our hands: it hears that its life is over and ends', {
    timeout,
  }, async () => {
    const renamed = newId('renamed');
    await stage.container(before).rename({ name: renamed });
    const after = await stage.lifeAfter(before);
    await alone(after);
    expect((await docker.getContainer(renamed).inspect()).State).toMatchObject({ Status: 'exited', ExitCode: 0 });
    await docker.getContainer(renamed).remove();
  });

  test('with an empty workspace, when its volume was removed while it was stopped', { timeout }, async () => {
    await stage.room.call('POST', '/agents/cmo/stop');
    await eventually(
      () =>
        docker
          .getVolume(name())
          .remove()
          .then(
            () => true,
            () => undefined,
          ),
      { what: 'the removal' },
    );
    await stage.room.call('POST', '/agents/cmo/start');
    await alone(await stage.lifeAfter(before));
    expect(await docker.getVolume(name()).inspect()).toMatchObject({ Name: name() });
  });
});

describeDocker('an image that was given another meaning', () => {
  const image = `boardroom-agent:${newId('retag').slice(-12)}`;
  let stage: MeddlingStage;
  beforeAll(async () => {
    stage = await openMeddlingStage(image);
  }, 600_000);
  afterAll(async () => {
    await stage.dispose();
    await docker.getImage(image).remove({ force: true });
  });

  const imageOf = async (life: Life) => (await stage.container(life).inspect()).Image;

  test('replaces the containers, and is no failure of theirs; a name taken away changes nothing', {
    timeout,
  }, async () => {
    const before = await stage.life();
    const old = await imageOf(before);
    const other = await docker.getContainer(before.containerId).commit({ changes: 'ENV MEDDLED=1' });
    const [repo = '', tag = ''] = image.split(':');
    await docker.getImage(other.Id).tag({ repo, tag });
    const after = await stage.lifeAfter(before);
    expect(await imageOf(after)).toBe(other.Id);
    expect(other.Id).not.toBe(old);
    expect(after.recentExits[0]).toMatchObject({ requested: true, reason: 'replaced, because its spec changed' });

    await docker.getImage(other.Id).tag({ repo: `${repo}-kept`, tag });
    await docker.getImage(image).remove();
    await stage.container(after).kill();
    const last = await stage.lifeAfter(after);
    expect(await imageOf(last)).toBe(other.Id);
    await docker.getImage(`${repo}-kept:${tag}`).remove({ force: true });
    await docker.getImage(agentImage).tag({ repo, tag });
  });
});
