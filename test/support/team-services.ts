import { loadProfiles } from '../../src/orchestrator/agents/profiles.ts';
import { readConfig } from '../../src/orchestrator/config.ts';
import { systemClock as clock } from '../../src/orchestrator/platform/clock.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import { createPostgres } from '../../src/orchestrator/platform/postgres.ts';
import { createSealer } from '../../src/orchestrator/platform/sealing.ts';
import { createServices, type Services, type ServicesDeps } from '../../src/orchestrator/services.ts';
import { testLimits } from './database.ts';

/** The services on this database as an orchestrator wires them; what a test does not give is the system's own. */
export const servicesOn = (given: Pick<ServicesDeps, 'postgres' | 'profiles'> & Partial<ServicesDeps>): Services =>
  createServices({
    config: readConfig({}),
    clock,
    chance,
    sealer: createSealer('the key of the tests', chance),
    onCommitted: () => undefined,
    onDocuments: () => undefined,
    runtimeIsStale: () => false,
    ...given,
  });

export interface TeamDatabase {
  readonly services: Services;
  close(): Promise<void>;
}

/** The services on a database that is in use, as another replica has them: to do what only agents do. */
export async function teamOn(databaseUrl: string): Promise<TeamDatabase> {
  const postgres = createPostgres(databaseUrl, testLimits, (error) => console.error(error));
  const profiles = await loadProfiles('profiles', (error) => console.error(error));
  return { services: servicesOn({ postgres, profiles }), close: () => postgres.close() };
}
