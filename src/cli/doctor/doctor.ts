import { createClient } from '../../contracts/client.ts';
import { findKey } from '../key.ts';
import { addressOf, boundedFetch, type CommonOptions, type Surroundings } from '../session.ts';
import type { Finding } from './check.ts';
import { checkDocker, checkPostgres, checkRedis } from './dependencies.ts';
import { checkDisk } from './disk.ts';
import { checkConfig, checkKey, checkNode, checkProviders } from './local.ts';
import { checkOrchestrator, isUp } from './orchestrator.ts';
import { checkPorts } from './ports.ts';

/** Looks at all that the orchestrator stands on, running or not. */
export async function examine(surroundings: Surroundings, options: CommonOptions): Promise<Finding[]> {
  const { config: cli } = surroundings;
  const { url, isUrlGiven } = addressOf(cli, options);
  const key = await findKey({ config: cli, flag: options.key, url, isUrlGiven });
  const client = createClient({ url, key: key?.secret, fetch: boundedFetch(surroundings) });
  const running = await isUp(client);
  const { finding, config } = checkConfig(cli.environment);
  const found = config
    ? await Promise.all([
        checkDocker(config),
        checkRedis(config),
        checkPostgres(config),
        checkDisk(config),
        checkPorts(config, running),
      ])
    : [];
  return [
    checkNode(process.versions.node),
    finding,
    ...found.flat(),
    await checkKey(key, cli.keyFile, running),
    ...(config ? [checkProviders(config)] : []),
    await checkOrchestrator(client, key !== undefined),
  ];
}
