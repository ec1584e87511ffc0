import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { loadProfiles, type Profiles } from './agents/profiles.ts';
import { type Config, ConfigError } from './config.ts';
import { type Database, openDatabase } from './database.ts';
import type { Lifecycle } from './lifecycle.ts';
import { type Bus, createLocalBus, createRedisBus } from './platform/bus.ts';
import { type Clock, systemClock as clock } from './platform/clock.ts';
import { keepSecret } from './platform/home.ts';
import { type Chance, systemChance as chance } from './platform/identity.ts';
import { createLog, type Logger } from './platform/log.ts';
import { createSealer, type Sealer } from './platform/sealing.ts';
import { teamIdOf } from './platform/team.ts';

/** What every part stands on. */
export interface Foundation {
  readonly config: Config;
  /** The folder with migrations/, Dockerfile and dist/. */
  readonly root: string;
  readonly version: string;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
  readonly database: Database;
  readonly teamId: string;
  readonly bus: Bus;
  readonly profiles: Profiles;
  readonly clock: Clock;
  readonly chance: Chance;
  /** For what is sealed at rest, and for links that prove who made them; never shown. */
  readonly encryptionKey: string;
  readonly sealer: Sealer;
  /** Tells this process apart from others of the same team. */
  readonly replica: string;
}

const pingTimeoutMs = 1_500;

export async function openFoundation(config: Config, root: string, lifecycle: Lifecycle): Promise<Foundation> {
  const log = createLog({ ...config.log, home: config.home });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const onError = (error: unknown) => log.warn({ err: error }, 'database connection');
  const profiles = await loadProfiles(config.profiles, (error) =>
    log.error({ err: error }, 'a profile was not read'),
  ).catch((error: unknown) => {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  });
  const database = await openDatabase({
    config,
    clock,
    chance,
    lifecycle,
    migrations: join(root, 'migrations'),
    onError,
  });
  const encryptionKey = config.encryptionKey ?? (await keepSecret(config.home, 'encryption-key', chance.secret)).secret;
  const sealer = createSealer(encryptionKey, chance);
  const teamId = await teamIdOf(database.postgres, chance, clock.now());
  const bus = openBus(config, teamId, log);
  lifecycle.onClose('bus', () => bus.close());
  const replica = `${hostname()}-${chance.secret().slice(0, 6)}`;
  const parts = { config, root, version, lifecycle, log, database, teamId, bus, profiles };
  return { ...parts, clock, chance, encryptionKey, sealer, replica };
}

function openBus(config: Config, teamId: string, log: Logger): Bus {
  if (config.redisUrl === undefined) return createLocalBus();
  return createRedisBus({
    url: config.redisUrl,
    prefix: `boardroom:${teamId}:`,
    clock,
    pingTimeoutMs,
    onError: (error) => log.warn({ err: error }, 'redis'),
  });
}
