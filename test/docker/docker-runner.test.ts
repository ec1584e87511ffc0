import { expect, test } from 'vitest';
import { labels } from '../../src/orchestrator/platform/docker-names.ts';
import { runtimeSubject } from '../contract/runtime-subject.ts';
import { describeDocker, docker } from '../support/docker.ts';
import { eventually } from '../support/eventually.ts';
import { buildOwnImage } from '../support/own-image.ts';
import { instance } from '../support/stand-in.ts';
import { type DockerRuntimeUnderTest, makeDockerRuntime } from './docker-subject.ts';

/** In the place of our agent's image: what matters here is that it is another one each time. */
const ours = (version: number) =>
  buildOwnImage(`RUN mkdir -p /opt/boardroom /workspace && echo ${version} > /opt/boardroom/version`);

describeDocker('docker runtime: what another image is given of ours', () => {
  let under: DockerRuntimeUnderTest;
  const subject = runtimeSubject(async () => {
    under = await makeDockerRuntime();
    return under;
  });
  const volumes = async () => {
    const filters = { label: [`${labels.team}=${under.teamId}`, labels.runner] };
    return new Set((await docker.listVolumes({ filters })).Volumes.map(({ Name }) => Name));
  };
  const start = async (runtime: DockerRuntimeUnderTest['runtime'], agentType: string) => {
    await runtime.artifact();
    await runtime.gatewayFor(agentType);
    return runtime.start(instance('', { agentType, image: 'node:24-bookworm-slim' }));
  };

  test('is filled once, however many start at the same time, and shared by them all', async () => {
    const runtime = under.reopen({ image: await ours(1) });
    const started = await Promise.all(['ceo', 'dao', 'cmo'].map((agentType) => start(runtime, agentType)));
    expect((await volumes()).size).toBe(2);
    expect(under.errors).toEqual([]);
    for (const { containerId } of started) {
      const { Mounts } = await docker.getContainer(containerId).inspect();
      expect(Mounts.filter(({ RW }) => !RW)).toHaveLength(2);
    }
    const filters = { label: [`${labels.team}=${under.teamId}`] };
    expect(await docker.listContainers({ all: true, filters })).toHaveLength(3);
  });

  test('goes once our image is another one and no container holds it any more, and not before', async () => {
    const before = under.reopen({ image: await ours(1) });
    const { containerId } = await start(before, 'ceo');
    const old = await volumes();
    const after = under.reopen({ image: await ours(2) });
    await start(after, 'dao');
    expect(await volumes()).toEqual(new Set([...old, ...(await volumes())]));
    expect((await volumes()).size).toBe(4);
    await after.stop(containerId, 0);
    await after.remove(containerId);
    await eventually(async () => {
      await after.artifact();
      return (await volumes()).size === 2 ? true : undefined;
    });
    expect([...(await volumes())].filter((name) => old.has(name))).toEqual([]);
    expect(under.errors).toEqual([]);
  });

  test('an instance in our own image is given nothing besides', async () => {
    const { Mounts, HostConfig } = await docker.getContainer(await subject.started(instance())).inspect();
    expect(Mounts.map(({ Destination }) => Destination)).toEqual(['/workspace']);
    expect(HostConfig.Init ?? false).toBe(false);
    expect((await volumes()).size).toBe(0);
  });
});
