import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import Dockerode from 'dockerode';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/orchestrator/platform/clock.ts';
import { ensureImage } from '../../src/orchestrator/platform/docker-image.ts';
import { labels } from '../../src/orchestrator/platform/docker-names.ts';
import { standInFolder } from './stand-in.ts';

export const docker = new Dockerode();

const missing = await docker.ping().then(
  () => undefined,
  (error: unknown) => String(error),
);

/** A suite that needs a Docker engine. Without one it is skipped and says why; in CI it fails, so that it can't go missing. */
export function describeDocker(name: string, suite: () => void): void {
  if (missing === undefined) return void describe(name, { timeout: 60_000 }, suite);
  const reason = `no Docker engine: ${missing}`;
  const { CI } = process.env;
  if (CI !== 'true') return void describe.skip(`${name} (${reason})`, suite);
  describe(name, () => {
    test('has a Docker engine', () => expect.fail(reason));
  });
}

/** The stand-in's image, under a name that changes with its content. */
export async function standInImage(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['Dockerfile', 'agent.mjs']) hash.update(await readFile(`${standInFolder}/${file}`));
  const image = `boardroom-test-agent:${hash.digest('hex').slice(0, 12)}`;
  const onProgress = () => undefined;
  await ensureImage({ docker, image, contextDir: standInFolder, target: 'agent', clock: systemClock, onProgress });
  return image;
}

/** Removes all that carries the team's label, strangers that copied it included. */
export async function removeTeam(teamId: string): Promise<void> {
  const filters = { label: [`${labels.team}=${teamId}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  const networks = await docker.listNetworks({ filters });
  await Promise.all(networks.map(({ Id }) => docker.getNetwork(Id).remove()));
  const { Volumes } = await docker.listVolumes({ filters });
  await Promise.all(Volumes.map(({ Name }) => docker.getVolume(Name).remove()));
}
