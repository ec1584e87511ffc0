import { afterAll, beforeAll, describe } from 'vitest';
import { describeDocker } from '../support/docker.ts';
import { type InsideStage, openInsideStage, type Placement, team } from '../support/inside-stage.ts';
import { describeRedis } from '../support/redis.ts';
import { describeConfinement } from './inside-confinement.ts';
import { describeEgress } from './inside-egress.ts';
import { describeGatewayAttacks } from './inside-gateway.ts';
import { describeKillSwitch } from './inside-kill-switch.ts';

/** All that a hostile agent tries, from inside its container, against a real orchestrator in this placement. */
export function describeInside(placement: Placement): void {
  describeDocker(
    `a hostile agent, with the orchestrator ${placement === 'host' ? 'on the host' : 'in a container'}`,
    () => {
      describeRedis('on a real Postgres and Redis', () => {
        let stage: InsideStage;
        beforeAll(async () => {
          stage = await openInsideStage(placement);
          for (const agentType of team) await stage.containerOf(agentType);
        }, 600_000);
        afterAll(() => stage?.dispose(), 120_000);

        describe('against the machine', () => describeConfinement(placement, () => stage));
        describe('on its way out', () => describeEgress(() => stage));
        describe('that is told to stop', () => describeKillSwitch(() => stage));
        describe('against the gateway', () => describeGatewayAttacks(() => stage));
      });
    },
  );
}
