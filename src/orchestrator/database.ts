import type { Config } from './config.ts';
import { ConfigError } from './config.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Clock } from './platform/clock.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './platform/embedded-postgres.ts';
import { createKeeper } from './platform/embedded-postgres-keeper.ts';
import { keepSecret } from './platform/home.ts';
import { createHomeClaim } from './platform/home-claim.ts';
import type { Chance } from './platform/identity.ts';
import { migrateSchema } from './platform/migrate.ts';
import { createPostgres, type Postgres } from './platform/postgres.ts';

export interface Database {
  /** For those who need connections of their own; has the password in it. */
  readonly url: string;
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

/** The operator's Postgres, or one of our own in the home folder; migrated either way. */
export async function openDatabase(deps: Deps): Promise<Database> {
  const { config, lifecycle, migrations } = deps;
  const home = { ours: false };
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
  if (embedded) await holdHome(deps, { embedded, postgres, home });
  return { url, postgres, embeddedIn: embedded?.data };
}

interface Home {
  /** The server in it is ours to stop only while it is. */
  ours: boolean;
}

async function openEmbedded({ config, clock, chance, lifecycle }: Deps, home: Home): Promise<EmbeddedPostgres> {
  const { secret: password } = await keepSecret(config.home, 'database-password', () => chance.secret());
  const embedded = await startEmbeddedPostgres({ home: config.home, clock, password });
  lifecycle.onClose('embedded database', async () => {
    if (home.ours) await embedded.stop();
  });
  return embedded;
}

/** Claims the home folder, and from then on keeps its server running. */
async function holdHome(
  { config, clock, lifecycle, onError }: Deps,
  { embedded, postgres, home }: { embedded: EmbeddedPostgres; postgres: Postgres; home: Home },
): Promise<void> {
  const claim = createHomeClaim({ connect: postgres.connect, clock, onError });
  if (!(await claim.take())) {
    throw new ConfigError(
      `BOARDROOM_HOME: ${config.home} is in use by another Boardroom. Stop it, or take another home; several replicas need DATABASE_URL.`,
    );
  }
  home.ours = true;
  lifecycle.onClose('claim on the home folder', async () => {
    home.ours = await claim.close();
  });
  const keeper = createKeeper({ server: embedded, clock, onError });
  keeper.start();
  lifecycle.onClose('keeper of the embedded database', () => keeper.stop());
}
