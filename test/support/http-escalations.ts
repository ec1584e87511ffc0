import { wakeAnew } from '../../src/orchestrator/agents/loops.ts';
import { createEscalationService, type NewEscalation } from '../../src/orchestrator/escalations/service.ts';
import { type Actor, createUnitOfWork } from '../../src/orchestrator/events/work.ts';
import { createInboxService } from '../../src/orchestrator/inbox/service.ts';
import { systemClock as clock } from '../../src/orchestrator/platform/clock.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import { createPostgres } from '../../src/orchestrator/platform/postgres.ts';
import { createSealer } from '../../src/orchestrator/platform/sealing.ts';
import { createSettingsService } from '../../src/orchestrator/settings/service.ts';
import { testLimits } from './database.ts';

/**
 * Raises what only an agent or the reconciler raises, as another replica on the same database would: by the same
 * service. Returns the escalations' ids.
 */
export async function raiseEscalations(
  databaseUrl: string,
  actor: Actor,
  escalations: readonly NewEscalation[],
): Promise<string[]> {
  const postgres = createPostgres(databaseUrl, testLimits, (error) => console.error(error));
  const unitOfWork = createUnitOfWork({ postgres, clock, onCommitted: () => undefined });
  const settings = createSettingsService({
    roles: () => [],
    judge: () => undefined,
    isInEnvironment: () => false,
    sealer: createSealer('none is sealed here', chance),
  });
  const inbox = createInboxService({ chance, settings });
  const service = createEscalationService({ unitOfWork, inbox, chance, onStuckAnswered: wakeAnew });
  const ids: string[] = [];
  try {
    for (const escalation of escalations) ids.push(await unitOfWork((work) => service.open(work, actor, escalation)));
  } finally {
    await postgres.close();
  }
  return ids;
}
