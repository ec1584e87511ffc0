import type { ContainerCreateOptions, MountConfig } from 'dockerode';
import type { InstanceSpec } from '../agents/runtime.ts';
import { agentName, labels } from './docker-names.ts';
import { runnerEntrypoint, runnerEnvironment } from './docker-runner.ts';

const bytesPerMebibyte = 1024 * 1024;
const nanosPerCpu = 1_000_000_000;

export interface SpecOptions {
  readonly teamId: string;
  readonly image: string;
  /** For an image that is not ours: what of ours it is given. */
  readonly runner?: MountConfig;
  readonly spec: InstanceSpec;
}

/** What the engine is told to make: as little of the host as an agent can live with. */
export function containerSpec({ teamId, image, runner, spec }: SpecOptions): ContainerCreateOptions {
  return {
    Image: image,
    ...(runner && foreign),
    User: '1000:1000',
    Env: environment(spec, runner ? runnerEnvironment : {}),
    Labels: {
      [labels.team]: teamId,
      [labels.agent]: spec.agentType,
      [labels.instance]: spec.instanceId,
      [labels.spec]: spec.specHash,
    },
    // An image's own health check would cost a process for every probe; the heartbeat tells more.
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      ...confinement,
      ...limits(spec),
      NetworkMode: agentName(teamId, spec.agentType),
      Mounts: [workspace(teamId, spec.agentType, runner !== undefined), ...(runner ?? [])],
      ...((runner ?? spec.hasCommand) && { Init: true }),
    },
  };
}

/** What an image says of these is meant for another program than ours. */
const foreign = { Entrypoint: runnerEntrypoint, Cmd: [], WorkingDir: '/workspace', StopSignal: 'SIGTERM' };

const confinement = {
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges:true'],
  ReadonlyRootfs: true,
  // Not executable: what a hostile agent downloads must at least pass through the interpreter it already has.
  Tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=64m,mode=1777' },
  IpcMode: 'private',
  // One authority restarts agents, and it is not the engine.
  RestartPolicy: { Name: 'no' },
  LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
};

const limits = ({ resources }: InstanceSpec) => ({
  Memory: resources.memory * bytesPerMebibyte,
  // The same as the memory means no swap: an agent that leaks dies alone, and does not take the host with it.
  MemorySwap: resources.memory * bytesPerMebibyte,
  NanoCpus: Math.round(resources.cpus * nanosPerCpu),
  PidsLimit: resources.pids,
  Ulimits: [
    { Name: 'nofile', Soft: 4_096, Hard: 4_096 },
    // A V8 that aborts would leave its whole heap as a core file in the workspace.
    { Name: 'core', Soft: 0, Hard: 0 },
  ],
});

/**
 * Made by the engine together with the container, which saves a call; owned by whom our image's /workspace belongs to. Another
 * image has no such folder: there the volume is made before, and must not take over its owner.
 */
const workspace = (teamId: string, agentType: string, isMade: boolean) => ({
  Type: 'volume' as const,
  Source: agentName(teamId, agentType),
  Target: '/workspace',
  VolumeOptions: {
    NoCopy: isMade,
    Labels: { [labels.team]: teamId, [labels.agent]: agentType },
    DriverConfig: { Name: 'local', Options: {} },
  },
});

/** V8 takes the host's memory for its own and is killed without a word, unless it is told half of the limit. */
const environment = ({ environment: own, resources }: InstanceSpec, runner: Record<string, string>): string[] =>
  Object.entries({
    NODE_OPTIONS: `--max-old-space-size=${Math.floor(resources.memory / 2)}`,
    HOME: '/workspace',
    ...runner,
    ...own,
  }).map(([name, value]) => `${name}=${value}`);
