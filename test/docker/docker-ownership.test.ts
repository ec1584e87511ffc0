import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { InstanceSpec } from '../../src/orchestrator/agents/runtime.ts';
import { containerName, labels } from '../../src/orchestrator/platform/docker-names.ts';
import { runtimeSubject } from '../contract/runtime-subject.ts';
import { describeDocker, docker, removeTeam, standInImage } from '../support/docker.ts';
import { type EngineProxy, engineProxy } from '../support/engine-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { instance, newId } from '../support/stand-in.ts';
import { type DockerRuntimeUnderTest, makeDockerRuntime } from './docker-subject.ts';

let under: DockerRuntimeUnderTest;
const subjectOfTeam = () =>
  runtimeSubject(async () => {
    under = await makeDockerRuntime();
    return under;
  });

describeDocker('docker runtime: what is ours: strangers', () => {
  const subject = subjectOfTeam();
  const otherTeam = newId('team');
  afterEach(() => removeTeam(otherTeam));

  /** Somebody else's container with our labels. */
  async function stranger(name: string, spec: InstanceSpec, teamId: string): Promise<string> {
    const Labels = {
      [labels.team]: teamId,
      [labels.agent]: spec.agentType,
      [labels.instance]: spec.instanceId,
      [labels.spec]: spec.specHash,
    };
    const container = await docker.createContainer({ name, Image: await standInImage(), Labels });
    await container.start();
    return container.id;
  }

  const isRunning = async (id: string) => (await docker.getContainer(id).inspect()).State.Running;

  test('a foreign container with a copy of our labels is not listed, not hinted at and not touched', () =>
    subject.watched(async (hints) => {
      const ours = await subject.started(instance());
      const foreign = await stranger(newId('copy'), instance('', { agentType: 'cfo' }), under.teamId);
      expect((await subject.runtime.list()).map(({ containerId }) => containerId)).toEqual([ours]);
      expect(await subject.runtime.inspect('cfo')).toEqual([]);
      hints.length = 0;
      await docker.getContainer(foreign).pause();
      await docker.getContainer(foreign).unpause();
      await docker.getContainer(ours).pause();
      await eventually(() => hints.includes('ceo') || undefined, { what: 'the hint at ours' });
      expect(hints).not.toContain('cfo');
      expect(await isRunning(foreign)).toBe(true);
    }));

  test('a foreign container that has our name is an error, and left alone', async () => {
    const spec = instance();
    await subject.runtime.gatewayFor('ceo');
    const name = containerName({ teamId: under.teamId, ...spec });
    const foreign = await stranger(name, spec, otherTeam);
    await expect(subject.runtime.start(spec)).rejects.toThrow(/not ours/);
    expect(await subject.runtime.list()).toEqual([]);
    expect(await isRunning(foreign)).toBe(true);
  });

  test('another team on the same engine is not seen', async () => {
    await subject.started(instance());
    const other = under.reopen({ teamId: otherTeam });
    expect(await other.list()).toEqual([]);
    await other.gatewayFor('ceo');
    await other.start(instance());
    expect(await subject.runtime.list()).toHaveLength(1);
    expect(await other.list()).toHaveLength(1);
  });
});

describeDocker('docker runtime: what is ours: starting', () => {
  const subject = subjectOfTeam();

  test('a container that was made but not started, by one who died in between, is started', async () => {
    const spec = instance();
    const containerId = await subject.started(spec);
    await subject.byHand(containerId, 'kill');
    const { Image, Config, HostConfig } = await docker.getContainer(containerId).inspect();
    await subject.runtime.remove(containerId);
    const name = containerName({ teamId: under.teamId, ...spec });
    const half = await docker.createContainer({ ...Config, Image, HostConfig, name });
    expect(await subject.found(half.id)).toMatchObject({ status: 'created' });
    expect(await subject.reopen().start(spec)).toEqual({ containerId: half.id });
    expect(await subject.found(half.id)).toMatchObject({ status: 'running' });
  });

  test('what cannot start leaves nothing behind', async () => {
    await expect(under.reopen({ image: 'boardroom-test-absent' }).start(instance())).rejects.toThrow(/No such image/);
    // Without its network: it can be made, but not started.
    await expect(subject.runtime.start(instance())).rejects.toThrow(/network/);
    expect(await subject.runtime.list()).toEqual([]);
    expect(under.errors).toEqual([]);
  });
});

describeDocker('docker runtime: what is ours: asking the engine', () => {
  const subject = subjectOfTeam();
  let proxy: EngineProxy;
  beforeEach(async () => {
    proxy = await engineProxy();
  });
  afterEach(() => proxy.close());
  const requests = () => proxy.sent().match(/(GET|POST|DELETE) \S+ HTTP/g) ?? [];

  test('a start is two calls, and the agent’s token is in no address', async () => {
    await subject.runtime.gatewayFor('ceo');
    const environment = { BOARDROOM_TOKEN: 'open-sesame' };
    await under.reopen({ docker: proxy.docker }).start(instance('', { environment }));
    expect(requests()).toHaveLength(2);
    expect(proxy.sent()).toContain('open-sesame');
    expect(requests().join()).not.toContain('sesame');
  });

  test('a list is one call, however many run', async () => {
    await Promise.all([subject.started(instance()), subject.started(instance('', { agentType: 'cto' }))]);
    expect(await under.reopen({ docker: proxy.docker }).list()).toHaveLength(2);
    expect(requests()).toHaveLength(1);
  });
});

describeDocker('docker runtime: what is ours: afterwards', () => {
  const subject = subjectOfTeam();

  test('a volume that the image asks for goes with the container, the workspace stays', async () => {
    const repo = `boardroom-test-${newId('image')}`;
    await docker.getContainer(await subject.started(instance())).commit({ repo, changes: 'VOLUME /data' });
    onTestFinished(async () => void (await docker.getImage(repo).remove({ force: true })));
    const { containerId } = await under.reopen({ image: repo }).start(instance());
    const { Mounts } = await docker.getContainer(containerId).inspect();
    const volumeAt = (path: string) => docker.getVolume(Mounts.find((one) => one.Destination === path)?.Name ?? '');
    await volumeAt('/data').inspect();
    for (const one of await subject.runtime.list()) await subject.runtime.remove(one.containerId);
    await expect(volumeAt('/data').inspect()).rejects.toThrow(/no such volume/i);
    await volumeAt('/workspace').inspect();
  });

  test('a container that somebody has renamed is no longer ours, and that is said', () =>
    subject.watched(async (hints) => {
      const containerId = await subject.running(instance());
      await eventually(() => hints.length >= 3 || undefined, { what: 'the hints at create and start' });
      hints.length = 0;
      await docker.getContainer(containerId).rename({ name: newId('renamed') });
      await eventually(() => hints.includes('ceo') || undefined, { what: 'the hint' });
      expect(await subject.runtime.list()).toEqual([]);
    }));
});
