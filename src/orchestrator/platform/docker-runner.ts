import type Dockerode from 'dockerode';
import type { MountConfig } from 'dockerode';
import { agentName, labels, runnerName } from './docker-names.ts';
import { unless } from './docker-status.ts';
import { hashSecret } from './identity.ts';
import { createSingleFlight } from './single-flight.ts';

/**
 * Carries our agent into other people's images. The engine copies a folder of an image into a new volume that is mounted
 * over it: so a container of our image, made and never started, fills volumes with the agent and its Node. Host paths
 * would not do: the orchestrator may run in a container itself.
 */
export interface Runners {
  /** Prepares what a container of another image needs of ours; resolves with its mounts. */
  prepare(agentType: string, image: string, signal: AbortSignal): Promise<MountConfig>;
  /** Removes the volumes of earlier images of ours that no container holds any more. */
  sweep(image: string, signal: AbortSignal): Promise<void>;
}

interface Deps {
  readonly docker: Dockerode;
  readonly teamId: string;
}

/** Where our image has them, and where another one finds them. */
const folders = [
  { part: 'agent', from: '/opt/boardroom', to: '/opt/boardroom' },
  { part: 'node', from: '/usr/local/bin', to: '/opt/boardroom-node' },
] as const;

/**
 * Our Node first: it has the agent's compiled code. It needs glibc and libstdc++; where they are missing, as in Alpine, the
 * image's own Node will do. 127 is the shell's word for a program that is not there.
 */
export const runnerEntrypoint = [
  '/bin/sh',
  '-c',
  `for node in /opt/boardroom-node/node node; do
     "$node" -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && exec "$node" /opt/boardroom/agent.cjs
   done
   echo 'nothing here runs the agent: the image needs glibc and libstdc++, or Node.js 20 or later of its own' >&2
   exit 127`,
];
export const runnerEnvironment = { NODE_COMPILE_CACHE: '/opt/boardroom/cache' };

const versionOf = (image: string): string => hashSecret(image).slice(0, 12);

export function createRunners({ docker, teamId }: Deps): Runners {
  const fills = createSingleFlight<void>();

  /** A volume that exists is full: it is filled by the very call that makes it. */
  async function fill(name: string, image: string, mounts: MountConfig): Promise<void> {
    const known = await Promise.all(mounts.map(({ Source }) => docker.getVolume(Source).inspect().catch(unless(404))));
    if (known.every((volume) => volume !== undefined)) return;
    // Left behind by an orchestrator that died in this very place.
    await docker.getContainer(name).remove({ force: true, v: true }).catch(unless(404));
    const options = { name, Image: image, Labels: { [labels.team]: teamId }, NetworkDisabled: true };
    try {
      const container = await docker.createContainer({ ...options, HostConfig: { Mounts: mounts } });
      await container.remove({ force: true, v: true });
    } catch (error) {
      for (const { Source } of mounts)
        await docker
          .getVolume(Source)
          .remove()
          .catch(unless(404, 409, 500));
      throw error;
    }
  }

  return {
    async prepare(agentType, image, signal) {
      const version = versionOf(image);
      const volumes = folders.map((folder) => ({ ...folder, name: runnerName(teamId, version, folder.part) }));
      const filled = volumes.map(({ name, from }) => mount(name, from, { [labels.runner]: version }));
      const runner = runnerName(teamId, version, 'fill');
      await fills(runner, () => fill(runner, image, filled));
      const workspace = mount(agentName(teamId, agentType), '/workspace', { [labels.agent]: agentType });
      const own = `${agentName(teamId, agentType)}.fill`;
      await fills(own, () => fill(own, image, [workspace]));
      signal.throwIfAborted();
      return volumes.map(({ name, to }) => ({ ...mount(name, to, { [labels.runner]: version }), ReadOnly: true }));
    },
    async sweep(image, signal) {
      const filters = { label: [`${labels.team}=${teamId}`, labels.runner] };
      const { Volumes } = await docker.listVolumes({ filters, abortSignal: signal });
      const unused = (Volumes ?? []).filter(({ Labels }) => Labels[labels.runner] !== versionOf(image));
      for (const { Name } of unused)
        await docker.getVolume(Name).remove({ abortSignal: signal }).catch(unless(404, 409));
    },
  };

  function mount(source: string, target: string, own: Record<string, string>): MountConfig[number] {
    const VolumeOptions = {
      NoCopy: false,
      Labels: { [labels.team]: teamId, ...own },
      DriverConfig: { Name: 'local', Options: {} },
    };
    return { Type: 'volume', Source: source, Target: target, VolumeOptions };
  }
}
