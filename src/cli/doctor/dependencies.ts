import Dockerode from 'dockerode';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Config } from '../../orchestrator/config.ts';
import { answerMsMax, type Finding, fail, ok, reasonOf, warn } from './check.ts';

/** The engine, as the orchestrator would reach it, and the image that it would run there. */
export async function checkDocker({ runtime, agentImage }: Pick<Config, 'runtime' | 'agentImage'>): Promise<Finding[]> {
  if (runtime === 'process') return [ok('docker', 'not asked: AGENT_RUNTIME is process')];
  const docker = new Dockerode({ timeout: answerMsMax });
  const engine = await checkEngine(docker, runtime);
  return engine.level === 'ok' ? [engine, await checkImage(docker, agentImage)] : [engine];
}

async function checkImage(docker: Dockerode, image: string): Promise<Finding> {
  try {
    const { Created } = await docker.getImage(image).inspect();
    return ok('agent image', `${image}, made ${Created.slice(0, 10)}`);
  } catch (error) {
    const detail = `AGENT_IMAGE: ${image} is not there: ${reasonOf(error)}`;
    const mend = `The next start builds it, which takes a minute; or: docker build --target agent --tag ${image} .`;
    return warn('agent image', detail, mend);
  }
}

async function checkEngine(docker: Dockerode, runtime: Config['runtime']): Promise<Finding> {
  try {
    const { Version } = await docker.version();
    return ok('docker', `Docker ${Version} answers`);
  } catch (error) {
    const detail = `no Docker engine answers: ${reasonOf(error)}`;
    return runtime === 'docker'
      ? fail(
          'docker',
          detail,
          'Start Docker, or correct DOCKER_HOST; AGENT_RUNTIME=process does without, and without isolation.',
        )
      : warn(
          'docker',
          detail,
          'Agents will run as local processes, without isolation; start Docker, or correct DOCKER_HOST.',
        );
  }
}

export async function checkRedis({ redisUrl }: Pick<Config, 'redisUrl'>): Promise<Finding> {
  if (redisUrl === undefined) return ok('redis', 'not needed: REDIS_URL is not set, the bus is in-process');
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: answerMsMax,
    commandTimeout: answerMsMax,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let failure: unknown;
  // Unheard, it would be printed; it says more than the rejected command does.
  redis.on('error', (error: unknown) => {
    failure ??= error;
  });
  try {
    await redis.connect();
    await redis.ping();
    return ok('redis', 'answers at REDIS_URL');
  } catch (error) {
    const detail = `does not answer at REDIS_URL: ${reasonOf(failure ?? error)}`;
    return fail('redis', detail, 'Start Redis or correct REDIS_URL; a single replica does without it.');
  } finally {
    redis.disconnect();
  }
}

export async function checkPostgres({ databaseUrl, home }: Pick<Config, 'databaseUrl' | 'home'>): Promise<Finding> {
  if (databaseUrl === undefined) return ok('postgres', `embedded in ${home}, as DATABASE_URL is not set`);
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: answerMsMax,
    query_timeout: answerMsMax,
  });
  // A server that goes away later than it answered changes nothing here.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return ok('postgres', `${rows[0]?.server_version ?? 'some version'} answers at DATABASE_URL`);
  } catch (error) {
    const mend = 'Start Postgres or correct DATABASE_URL; without the variable an embedded one is used.';
    return fail('postgres', `does not answer at DATABASE_URL: ${reasonOf(error)}`, mend);
  } finally {
    await client.end().catch(() => undefined);
  }
}
