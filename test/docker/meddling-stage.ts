import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type Dockerode from 'dockerode';
import { labels } from '../../src/orchestrator/platform/docker-names.ts';
import { allEvents } from '../e2e/story.ts';
import { startBoardroom, type TestBoardroom } from '../support/boardroom.ts';
import { teamIn } from '../support/database.ts';
import { docker, removeTeam, standInImage } from '../support/docker.ts';
import { eventually } from '../support/eventually.ts';
import { newId } from '../support/stand-in.ts';

export const agentImage = 'boardroom-agent:test';
const withinMs = 60_000;

/** The CMO in one of its lives, as the API shows it. */
export interface Life {
  readonly containerId: string;
  readonly recentExits: readonly { readonly requested: boolean; readonly reason: string; readonly code: number }[];
}

/** An orchestrator with one agent in a container, and the hand of somebody who does not ask it. */
export interface MeddlingStage {
  readonly room: TestBoardroom;
  readonly teamId: string;
  /** The CMO, once it runs and is connected. */
  life(): Promise<Life>;
  /** The life that comes after that one. */
  lifeAfter(before: Life): Promise<Life>;
  /** A new life with a fresh budget of restarts. */
  freshLife(): Promise<Life>;
  container(life: Pick<Life, 'containerId'>): Dockerode.Container;
  /** All that runs under the marks of the team's CMO. */
  running(): Promise<readonly string[]>;
  /** Somebody else's container that is none of our business. */
  stranger(name: string, marks?: Readonly<Record<string, string>>): Promise<Dockerode.Container>;
  alertsAbout(containerId: string): Promise<number>;
  dispose(): Promise<void>;
}

export async function openMeddlingStage(image = agentImage): Promise<MeddlingStage> {
  // As a user builds it; layers that are there already make it quick.
  const build = ['build', '--quiet', '--target', 'agent', '--tag', agentImage, '.'];
  await promisify(execFile)('docker', build, { timeout: 600_000 });
  if (image !== agentImage) await promisify(execFile)('docker', ['tag', agentImage, image]);
  const room = await startBoardroom({
    BOARDROOM_AGENTS: 'cmo',
    AGENT_RUNTIME: 'docker',
    AGENT_IMAGE: image,
    RESTART_BACKOFF_MS: '100',
    // Three of them are silence: long enough for a busy machine, short enough to wait for.
    HEARTBEAT_MS: '1500',
  });
  const teamId = await teamIn(room.databaseUrl);
  const strangers: Dockerode.Container[] = [];

  const lifeThat = (isIt: (life: Life) => boolean, what: string) =>
    eventually(
      async () => {
        const { body } = await room.call('GET', '/agents/cmo');
        return body.status === 'running' && body.connected && isIt(body) ? (body as Life) : undefined;
      },
      { withinMs, what },
    );
  const life = () => lifeThat(() => true, 'a connected CMO');
  const lifeAfter = (before: Life) =>
    lifeThat(({ containerId }) => containerId !== before.containerId, 'the CMO’s next life');

  return {
    room,
    teamId,
    life,
    lifeAfter,
    async freshLife() {
      const before = await life();
      await room.call('POST', '/agents/cmo/restart');
      return lifeAfter(before);
    },
    container: ({ containerId }) => docker.getContainer(containerId),
    async running() {
      const label = [`${labels.team}=${teamId}`, `${labels.agent}=cmo`];
      return (await docker.listContainers({ filters: { label } })).map(({ Id }) => Id);
    },
    async stranger(name, marks = {}) {
      const container = await docker.createContainer({
        name,
        Image: await standInImage(),
        Labels: { ...marks },
        HostConfig: { NetworkMode: 'none' },
      });
      strangers.push(container);
      await container.start();
      return container;
    },
    async alertsAbout(containerId) {
      const events = await allEvents(room);
      return events.filter(
        ({ eventType, payload }) => eventType === 'alert_raised' && String(payload['message']).includes(containerId),
      ).length;
    },
    async dispose() {
      await room.dispose();
      await Promise.all(strangers.map((container) => container.remove({ force: true })));
      await removeTeam(teamId);
    },
  };
}

/** The marks of a life of the CMO that nobody has ever lived. */
export const copiedMarks = (teamId: string, instanceId = newId('ins')) => ({
  [labels.team]: teamId,
  [labels.agent]: 'cmo',
  [labels.instance]: instanceId,
  [labels.spec]: 'copied',
});
