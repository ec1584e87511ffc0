import { afterAll, expect, it } from 'vitest';
import { systemClock } from '../../src/orchestrator/platform/clock.ts';
import { createDockerCodeRunner } from '../../src/orchestrator/platform/docker-code.ts';
import { labels } from '../../src/orchestrator/platform/docker-names.ts';
import { systemChance } from '../../src/orchestrator/platform/identity.ts';
import { describeCodeRunner } from '../contract/hostile-code.ts';
import { describeDocker, docker, removeTeam } from '../support/docker.ts';
import { eventually } from '../support/eventually.ts';

const image = 'node:24-bookworm-slim';
const endless = new Promise<void>(() => undefined);
const teamId = systemChance.id('team');

describeDocker('code in a container of its own', () => {
  const make = () => createDockerCodeRunner({ docker, teamId, image, clock: systemClock });
  const ours = () => docker.listContainers({ all: true, filters: { label: [`${labels.team}=${teamId}`] } });
  afterAll(() => removeTeam(teamId));

  describeCodeRunner(make);

  it('has no network, nothing to write to, no privilege, and limits', async () => {
    const over = new AbortController();
    const running = make().run({ source: 'while (true);', calls: [] }, over.signal);
    const { Id } = await eventually(async () => (await ours()).find(({ State }) => State === 'running'));
    const { HostConfig, Config, Mounts } = await docker.getContainer(Id).inspect();
    over.abort();
    await running.catch(() => undefined);
    expect(Config).toMatchObject({ User: '1000:1000', Labels: { [labels.code]: 'benchmark' } });
    expect(HostConfig).toMatchObject({
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      PidsLimit: 32,
      NanoCpus: 1_000_000_000,
      Memory: 160 * 1024 * 1024,
      MemorySwap: 160 * 1024 * 1024,
    });
    expect(HostConfig.Ulimits).toContainEqual({ Name: 'cpu', Soft: 5, Hard: 5 });
    expect(Mounts).toEqual([]);
  });

  it('is ended by the kernel where nobody else does it, and leaves nothing behind', async () => {
    const gone = async () => ((await ours()).length === 0 ? true : undefined);
    await eventually(gone);
    // No clock of ours: only the processor time that the container may have.
    const patient = createDockerCodeRunner({ docker, teamId, image, clock: { ...systemClock, sleep: () => endless } });
    const { kind } = await patient.run({ source: 'while (true);', calls: [] }, new AbortController().signal);
    expect(kind).toBe('failed');
    await eventually(gone);
  });
});
