import type { Config } from './config.ts';
import { ConfigError } from './config.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Clock } from './platform/clock.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './platform/embedded-postgres.ts';
import { keepSecret } from './platform/home.ts';
import type { Chance } from './platform/identity.ts';
import { migrateSchema } from './platform/migrate.ts';
import { createPostgres, type Postgres } from './platform/postgres.ts';

export interface Database {
  readonly postgres: Postgres;
  /** The folder of the embedded data; undefined when Postgres is the operator's own. */
  readonly embeddedIn: string | undefined;
}

interface Deps {
  readonly config: Config;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly lifecycle: Lifecycle;
  readonly migrations: string;
  readonly onError: (error: unknown) => void;
}

/** Any number will do, as long as nobody else uses it. */
const homeLock = 7_261_004;

/** The operator's Postgres, or one of our own in the home folder; migrated either way. */
export async function openDatabase(deps: Deps): Promise<Database> {
  const { config, lifecycle, migrations } = deps;
  // The embedded server is ours to stop only once the home folder is ours.
  const home = { claimed: false };
  const embedded = config.databaseUrl === undefined ? await openEmbedded(deps, home) : undefined;
  const url = config.databaseUrl ?? embedded?.url ?? '';
  const limits = {
    poolSize: config.poolSize,
    connectTimeoutMs: 5_000,
    statementTimeoutMs: 10_000,
    lockTimeoutMs: 5_000,
    idleInTransactionTimeoutMs: 10_000,
  };
  const postgres = createPostgres(url, limits, deps.onError);
  lifecycle.onClose('database pool', () => postgres.close());
  await migrateSchema(postgres, migrations);
  if (embedded) {
    await claimHome(postgres, deps);
    home.claimed = true;
  }
  return { postgres, embeddedIn: embedded?.data };
}

async function openEmbedded(
  { config, clock, chance, lifecycle }: Deps,
  home: { claimed: boolean },
): Promise<EmbeddedPostgres> {
  const { secret: password } = await keepSecret(config.home, 'database-password', () => chance.secret());
  const embedded = await startEmbeddedPostgres({ home: config.home, clock, password });
  lifecycle.onClose('embedded database', async () => {
    if (home.claimed) await embedded.stop();
  });
  return embedded;
}

/** Two orchestrators on one embedded database would stop it under each other. */
async function claimHome(postgres: Postgres, { config, lifecycle, onError }: Deps): Promise<void> {
  const client = await postgres.connect();
  client.on('error', onError);
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [homeLock]);
  if (rows[0]?.taken !== true) {
    await client.end();
    throw new ConfigError(
      `BOARDROOM_HOME: ${config.home} is in use by another Boardroom. Stop it, or take another home; several replicas need DATABASE_URL.`,
    );
  }
  lifecycle.onClose('claim on the home folder', () => client.end());
}
