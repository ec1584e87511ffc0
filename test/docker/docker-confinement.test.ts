import { expect, test } from 'vitest';
import { agentName } from '../../src/orchestrator/platform/docker-names.ts';
import { runtimeSubject } from '../contract/runtime-subject.ts';
import { describeDocker, docker } from '../support/docker.ts';
import { instance } from '../support/stand-in.ts';
import { type DockerRuntimeUnderTest, makeDockerRuntime } from './docker-subject.ts';

describeDocker('docker runtime: confinement: as the engine tells it', () => {
  let under: DockerRuntimeUnderTest;
  const subject = runtimeSubject(async () => {
    under = await makeDockerRuntime();
    return under;
  });

  const inspect = async (containerId: string) => docker.getContainer(containerId).inspect();

  test('a container has no capability, no new privileges, no root, no writable root folder', async () => {
    const { HostConfig, Config } = await inspect(await subject.started(instance()));
    expect(Config.User).toBe('1000:1000');
    expect(HostConfig).toMatchObject({
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      ReadonlyRootfs: true,
      Privileged: false,
      IpcMode: 'private',
      PublishAllPorts: false,
    });
    expect(HostConfig.CapAdd ?? []).toEqual([]);
    expect(HostConfig.Binds ?? []).toEqual([]);
    expect(HostConfig.Tmpfs).toEqual({ '/tmp': 'rw,noexec,nosuid,nodev,size=64m,mode=1777' });
  });

  test('a container has the limits of its profile, and none to grow beyond them by swapping or logging', async () => {
    const spec = instance('', { resources: { memory: 96, cpus: 0.5, pids: 33 } });
    const { HostConfig } = await inspect(await subject.started(spec));
    const memory = 96 * 1024 * 1024;
    expect(HostConfig).toMatchObject({ Memory: memory, MemorySwap: memory, NanoCpus: 500_000_000, PidsLimit: 33 });
    expect(HostConfig.LogConfig).toEqual({ Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } });
    expect(HostConfig.Ulimits).toContainEqual({ Name: 'core', Soft: 0, Hard: 0 });
  });

  test('the engine is told never to restart it, and to mount nothing but the workspace', async () => {
    const { HostConfig, Mounts } = await inspect(await subject.started(instance()));
    expect(HostConfig.RestartPolicy?.Name).toBe('no');
    expect(Mounts).toMatchObject([{ Type: 'volume', Name: agentName(under.teamId, 'ceo'), Destination: '/workspace' }]);
  });
});

describeDocker('docker runtime: confinement: as the agent finds it', () => {
  const subject = runtimeSubject(makeDockerRuntime);

  test('it writes to its workspace and /tmp, nowhere else, and runs no program from /tmp', async () => {
    const log = await subject.logOf(await subject.running(instance('write')));
    expect(log).toContain('root refused EROFS');
    expect(log).toContain('tmp allowed');
    expect(log).toContain('workspace allowed');
    expect(log).toContain('run from tmp refused EACCES');
  });

  test('one that takes more memory than it may is killed, and seen as out of memory', async () => {
    const exit = await subject.exited(await subject.started(instance('gulp', { resources: { memory: 64 } })));
    expect(exit).toMatchObject({ code: 137, signal: 'SIGKILL', oomKilled: true });
  });
});
