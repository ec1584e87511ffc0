import type Dockerode from 'dockerode';
import type { Container, MountConfig } from 'dockerode';
import type { InstanceSpec } from '../agents/runtime.ts';
import { containerSpec } from './docker-container-spec.ts';
import { containerName, identify } from './docker-names.ts';
import { answered, unless } from './docker-status.ts';

export interface StartOptions {
  readonly docker: Dockerode;
  readonly teamId: string;
  readonly image: string;
  readonly runner?: MountConfig;
  readonly onError: (error: unknown) => void;
  readonly spec: InstanceSpec;
  readonly confirm: (() => Promise<void>) | undefined;
  readonly signal: AbortSignal;
}

/** Two calls to the engine. One of them may have been made by an earlier attempt that died: then it is found. */
export async function startContainer(options: StartOptions): Promise<{ containerId: string }> {
  const container = (await create(options)) ?? (await findUnstarted(options));
  if (container.kind === 'new') await run(options, container.container);
  return { containerId: container.container.id };
}

type Found = { readonly kind: 'new' | 'started'; readonly container: Container };

async function create({ docker, teamId, image, runner, spec, signal }: StartOptions): Promise<Found | undefined> {
  // Apart, because dockerode writes what it is given into the address as well as the body, and the engine logs
  // addresses: the environment holds the agent's token.
  const request = {
    _query: { name: containerName({ teamId, ...spec }) },
    _body: containerSpec({ teamId, image, spec, ...(runner && { runner }) }),
    abortSignal: signal,
  };
  // 409: the name is taken, so an earlier call got through.
  const container = await docker.createContainer(request).catch(unless(409));
  return container && { kind: 'new', container };
}

async function findUnstarted({ docker, teamId, spec, signal }: StartOptions): Promise<Found> {
  const name = containerName({ teamId, ...spec });
  const { Id, Name, Config, State } = await docker.getContainer(name).inspect({ abortSignal: signal });
  if (identify(teamId, { names: [Name], labels: Config.Labels })?.instanceId !== spec.instanceId)
    throw new Error(`A container that is not ours has the name ${name}: remove or rename it`);
  // One that has already run stays as it is: an instance lives once, and a second life would hide how the first ended.
  return { kind: State.Status === 'created' ? 'new' : 'started', container: docker.getContainer(Id) };
}

async function run({ confirm, signal, onError }: StartOptions, container: Container): Promise<void> {
  try {
    await confirm?.();
  } catch (error) {
    await container.remove({ force: true, v: true }).catch(onError);
    throw error;
  }
  try {
    await container.start({ abortSignal: signal }).catch(unless(304));
  } catch (error) {
    // The engine has refused: what cannot run should not lie around. Without an answer it may be running.
    if (answered(error, 400, 404, 409, 500)) await container.remove({ force: true, v: true }).catch(onError);
    throw error;
  }
}
