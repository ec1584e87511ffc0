import { loadProfiles } from '../../src/orchestrator/agents/profiles.ts';
import { readConfig } from '../../src/orchestrator/config.ts';
import { systemClock as clock } from '../../src/orchestrator/platform/clock.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import { createPostgres } from '../../src/orchestrator/platform/postgres.ts';
import { createServices, type Services } from '../../src/orchestrator/services.ts';
import { testLimits } from './database.ts';

export interface TeamDatabase {
  readonly services: Services;
  close(): Promise<void>;
}

/** The services on a database that is in use, as another replica has them: to do what only agents do. */
export async function teamOn(databaseUrl: string): Promise<TeamDatabase> {
  const postgres = createPostgres(databaseUrl, testLimits, (error) => console.error(error));
  const profiles = await loadProfiles('profiles', (error) => console.error(error));
  const services = createServices({
    config: readConfig({}),
    postgres,
    clock,
    chance,
    profiles,
    onCommitted: () => undefined,
    runtimeIsStale: () => false,
  });
  return { services, close: () => postgres.close() };
}
