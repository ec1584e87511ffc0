import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, call } from '../support/boardroom.ts';
import { eventually } from '../support/eventually.ts';
import { buildHouse, type House } from '../support/house.ts';
import { type OrchestratorProcess, startOrchestrator } from '../support/orchestrator-process.ts';
import { newId, processesMarked } from '../support/stand-in.ts';
import { livesIn } from './crash-loop.ts';

/** What the test needs from outside to kill agents without asking, and to count what is left of them. */
export interface Graveyard {
  readonly environment: Readonly<Record<string, string>>;
  /** The program in place of the agent's bundle. */
  readonly agent?: string;
  /** The process of this container, as the kernel knows it. */
  pidOf(containerId: string): Promise<number>;
  /** Everything of the team that is there, ended or not. */
  remains(house: House): Promise<readonly unknown[]>;
  dispose(house: House): Promise<void>;
}

const roles = Array.from({ length: 20 }, (_, index) => `parent-${index}`);
const killsEach = 5;
/** Of each agent: a child that holds its pipes, and a grandchild that left the group and lost its parent. */
const kinEach = 2;
const withinMs = 120_000;

/** As many kills as use up every agent's budget: then nothing comes back, and nothing may be left. */
export function describeHundredKills(name: string, open: (mark: string) => Promise<Graveyard>): void {
  describe(`${name}: agents whose processes have children`, { timeout: 400_000 }, () => {
    const mark = newId('mark');
    let graveyard: Graveyard;
    let house: House;
    let orchestrator: OrchestratorProcess;
    const ask = (method: 'GET' | 'POST', path: string, options: Call = {}) =>
      call(orchestrator.url + path, method, options);

    beforeAll(async () => {
      graveyard = await open(mark);
      const { agent } = graveyard;
      house = await buildHouse({ roles, ...(agent !== undefined && { agent }) });
      const environment = { ...house.environment, ...graveyard.environment, RESTART_BACKOFF_MS: '20' };
      orchestrator = await startOrchestrator(environment, { main: house.main });
    }, withinMs);
    afterAll(async () => {
      await orchestrator.end('SIGTERM');
      await graveyard.dispose(house);
      await house.remove();
    }, withinMs);

    const containers = async () => {
      const details = await Promise.all(roles.map(async (role) => (await ask('GET', `/agents/${role}`)).body));
      return details.flatMap(({ status, containerId }) => (status === 'running' && containerId ? [containerId] : []));
    };
    const allUp = (but: ReadonlySet<string>) =>
      eventually(
        async () => {
          const up = await containers();
          return up.length === roles.length && up.every((id) => !but.has(id)) ? up : undefined;
        },
        { withinMs, what: 'twenty running agents' },
      );
    const kin = (count: number) =>
      eventually(
        async () => {
          const pids = await processesMarked(mark);
          return pids.length === count ? pids : undefined;
        },
        { withinMs, what: `${count} processes of their making` },
      );
    const startAll = () => Promise.all(roles.map((role) => ask('POST', `/agents/${role}/start`)));

    it('are dead as a whole, a hundred times over: no process and no container is left', async () => {
      await startAll();
      const dead = new Set<string>();
      for (let round = 1; round <= killsEach; round += 1) {
        const up = await allUp(dead);
        // Exactly so many: those of the round before are gone.
        await kin(kinEach * roles.length);
        for (const id of up) {
          dead.add(id);
          process.kill(await graveyard.pidOf(id), 'SIGKILL');
        }
      }
      await eventually(
        async () =>
          (await ask('GET', '/agents?status=failed')).body.agents.length === roles.length ? true : undefined,
        { withinMs, what: 'twenty failed agents' },
      );
      expect((await livesIn(house.databaseUrl)).filter(({ endedAt }) => endedAt !== null)).toHaveLength(100);
      await kin(0);
      await eventually(async () => ((await graveyard.remains(house)).length === 0 ? true : undefined), {
        what: 'the end of all remains',
      });
    });

    it('are stopped as a whole', async () => {
      await startAll();
      await allUp(new Set());
      await kin(kinEach * roles.length);
      const answers = await Promise.all(roles.map((role) => ask('POST', `/agents/${role}/stop`)));
      expect(answers.map(({ status }) => status)).toEqual(roles.map(() => 200));
      expect(await processesMarked(mark)).toEqual([]);
      await eventually(async () => ((await graveyard.remains(house)).length === 0 ? true : undefined), {
        what: 'the end of all remains',
      });
    });
  });
}
