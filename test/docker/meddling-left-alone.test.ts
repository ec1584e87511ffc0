import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentName, containerName } from '../../src/orchestrator/platform/docker-names.ts';
import { allEvents } from '../e2e/story.ts';
import { describeDocker, docker } from '../support/docker.ts';
import { eventually } from '../support/eventually.ts';
import { newId } from '../support/stand-in.ts';
import { copiedMarks, type Life, type MeddlingStage, openMeddlingStage } from './meddling-stage.ts';

const timeout = 120_000;

describeDocker('left alone', () => {
  let stage: MeddlingStage;
  beforeAll(async () => {
    stage = await openMeddlingStage();
  }, 600_000);
  afterAll(() => stage.dispose());

  const loops = async () =>
    (await allEvents(stage.room)).filter(({ eventType }) => eventType === 'loop_finished').length;

  /** It does its work, in the same life. */
  async function expectAtWork(before: Life): Promise<void> {
    const done = await loops();
    await stage.room.call('POST', '/agents/cmo/message', { body: { message: 'Are you there?', priority: 'critical' } });
    await eventually(async () => ((await loops()) > done ? true : undefined), { withinMs: 30_000, what: 'the work' });
    expect(await stage.life()).toEqual(expect.objectContaining({ containerId: before.containerId }));
  }

  /** Passes over the CMO, in which whatever bears its marks is looked at. */
  async function dieAndComeBack(): Promise<void> {
    const before = await stage.freshLife();
    await stage.container(before).kill();
    await stage.lifeAfter(before);
  }

  test('an agent that is paused for a moment lives on', { timeout }, async () => {
    const before = await stage.life();
    await stage.container(before).pause();
    await stage.container(before).unpause();
    await expectAtWork(before);
  });

  test('an agent whose limits were changed by hand lives on with them, until its next life', { timeout }, async () => {
    const before = await stage.life();
    await stage.container(before).update({ PidsLimit: 99 });
    await expectAtWork(before);
    await stage.container(before).kill();
    const after = await stage.lifeAfter(before);
    expect((await stage.container(after).inspect()).HostConfig.PidsLimit).toBe(128);
  });

  test('an agent lives on when what somebody else runs in its container is killed', { timeout }, async () => {
    const before = await stage.life();
    const command = await stage.container(before).exec({ Cmd: ['node', '-e', 'setInterval(() => undefined, 60000)'] });
    await command.start({ Detach: true });
    const pid = await eventually(async () => (await command.inspect()).Pid || undefined, { what: 'the process' });
    process.kill(pid, 'SIGKILL');
    await eventually(async () => ((await command.inspect()).Running ? undefined : true), { what: 'its end' });
    await expectAtWork(before);
  });

  test('a foreign container with a similar name is none of our business', { timeout }, async () => {
    const similar = await stage.stranger(`${agentName(stage.teamId, 'cmo')}-${newId('x').slice(-8)}`);
    await dieAndComeBack();
    expect((await similar.inspect()).State.Running).toBe(true);
    expect(await stage.alertsAbout(similar.id)).toBe(0);
  });

  test('a copy of our labels under another name is none of our business', { timeout }, async () => {
    const { containerId } = await stage.life();
    const { Config } = await docker.getContainer(containerId).inspect();
    const copy = await stage.stranger(newId('copy'), Config.Labels);
    await dieAndComeBack();
    expect((await copy.inspect()).State.Running).toBe(true);
    expect(await stage.alertsAbout(copy.id)).toBe(0);
  });

  test('a copy of our labels and of a name as ours, with no life on record, is left alone and people are told, once', {
    timeout,
  }, async () => {
    const instanceId = newId('ins');
    const name = containerName({ teamId: stage.teamId, agentType: 'cmo', instanceId });
    const copy = await stage.stranger(name, copiedMarks(stage.teamId, instanceId));
    await dieAndComeBack();
    await dieAndComeBack();
    expect((await copy.inspect()).State.Running).toBe(true);
    expect(await stage.alertsAbout(copy.id)).toBe(1);
  });

  test('so is one that took the place of a container of ours, name, labels and all', { timeout }, async () => {
    const before = await stage.freshLife();
    const { Name, Config } = await stage.container(before).inspect();
    await stage.container(before).remove({ force: true });
    const copy = await stage.stranger(Name.slice(1), Config.Labels);
    await stage.lifeAfter(before);
    await dieAndComeBack();
    expect((await copy.inspect()).State.Running).toBe(true);
    expect(await stage.alertsAbout(copy.id)).toBe(1);
  });
});
