import type Dockerode from 'dockerode';
import type { Runtime } from '../../src/orchestrator/agents/runtime.ts';
import { systemClock } from '../../src/orchestrator/platform/clock.ts';
import { createDockerRuntime, type DockerRuntimeOptions } from '../../src/orchestrator/platform/docker-runtime.ts';
import type { RuntimeUnderTest } from '../contract/runtime-subject.ts';
import { docker, removeTeam, standInImage } from '../support/docker.ts';
import { newId } from '../support/stand-in.ts';

export interface DockerRuntimeUnderTest extends RuntimeUnderTest {
  readonly teamId: string;
  readonly errors: readonly unknown[];
  reopen(changed?: Partial<DockerRuntimeOptions>): Runtime;
  container(containerId: string): Dockerode.Container;
}

/** Away from the default, so that a running team and its tests do not take each other's addresses. */
export const testSubnets = '10.232.0.0/16';

/** A team of its own on the engine of this machine. */
export async function makeDockerRuntime(): Promise<DockerRuntimeUnderTest> {
  const teamId = newId('team');
  const image = await standInImage();
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const options = { docker, teamId, image, agentSubnets: testSubnets, clock: systemClock, onError };
  const reopen = (changed: Partial<DockerRuntimeOptions> = {}) => createDockerRuntime({ ...options, ...changed });
  return {
    runtime: reopen(),
    teamId,
    errors,
    reopen,
    container: (containerId) => docker.getContainer(containerId),
    async byHand(containerId, what) {
      await (what === 'pause' ? docker.getContainer(containerId).pause() : docker.getContainer(containerId).kill());
    },
    dispose: () => removeTeam(teamId),
  };
}
