import { join, resolve } from 'node:path';
import { z } from 'zod';
import {
  agentNames,
  apiKey,
  hostName,
  httpUrl,
  listOf,
  milliseconds,
  nameServer,
  origin,
  url,
  whole,
} from './config-values.ts';
import type { ModelsConfig } from './models/models.ts';
import type { ProviderAccesses } from './models/providers.ts';
import { readSecrets } from './secrets/values.ts';

/** The only reader of the environment. A wrong value stops the start with a sentence that names it. */

const schema = z.object({
  ORCHESTRATOR_HOST: z.string().min(1).default('127.0.0.1'),
  ORCHESTRATOR_PORT: whole(0, 65_535).default(8080),
  GATEWAY_PORT: whole(1, 65_535).default(8081),
  EGRESS_PORT: whole(1, 65_535).default(8082),
  EGRESS_DNS: listOf(nameServer).default([]),
  EGRESS_CONNECTIONS: whole(1, 10_000).default(32),
  EGRESS_BYTES_PER_DAY: whole(1, Number.MAX_SAFE_INTEGER).default(10_000_000_000),
  DATABASE_URL: url(/^postgres(ql)?$/, 'postgres://user:password@host:5432/name'),
  DATABASE_POOL_SIZE: whole(2, 200).default(10),
  REDIS_URL: url(/^rediss?$/, 'redis://host:6379'),
  AGENT_RUNTIME: z.enum(['auto', 'docker', 'process']).default('auto'),
  AGENT_IMAGE: z.string().min(1).default('boardroom-agent:latest'),
  AGENT_SUBNETS: z.cidrv4().default('10.231.0.0/16'),
  DOCKER_HOST: z.string().min(1).optional(),
  BOARDROOM_HOME: z.string().min(1).default('./.boardroom'),
  BOARDROOM_ADMIN_KEY: z.string().min(16, 'must have at least 16 characters').optional(),
  BOARDROOM_ENCRYPTION_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
  BOARDROOM_PUBLIC_URL: url(/^https?$/, 'https://board.example'),
  BOARDROOM_PROFILES: z.string().min(1).default('./profiles'),
  BOARDROOM_DOCUMENTS: z.string().min(1).optional(),
  BOARDROOM_AGENTS: listOf(agentNames).default(['all']),
  ALLOWED_HOSTS: listOf(hostName).default([]),
  CORS_ORIGINS: listOf(origin).default([]),
  RATE_LIMIT_PER_MINUTE: whole(1, 10_000_000).default(300),
  FAILED_AUTH_PER_MINUTE: whole(1, 10_000_000).default(20),
  AGENT_CALLS_PER_SECOND: whole(1, 100_000).default(10),
  CONNECTIONS_MAX: whole(10, 1_000_000).default(2_000),
  SOCKETS_MAX: whole(1, 1_000_000).default(1_000),
  SOCKETS_PER_KEY: whole(1, 1_000_000).default(100),
  ANTHROPIC_API_KEY: apiKey,
  ANTHROPIC_BASE_URL: httpUrl('https://api.anthropic.com'),
  OPENAI_API_KEY: apiKey,
  OPENAI_BASE_URL: httpUrl('https://api.openai.com/v1'),
  OPENROUTER_API_KEY: apiKey,
  OPENROUTER_BASE_URL: httpUrl('https://openrouter.ai/api/v1'),
  GEMINI_API_KEY: apiKey,
  GEMINI_BASE_URL: httpUrl('https://generativelanguage.googleapis.com/v1beta/openai'),
  OLLAMA_BASE_URL: url(/^https?$/, 'http://127.0.0.1:11434'),
  CUSTOM_LLM_BASE_URL: url(/^https?$/, 'http://127.0.0.1:8000/v1'),
  CUSTOM_LLM_API_KEY: apiKey,
  LLM_FIRST_BYTE_MS: milliseconds(120_000),
  LLM_IDLE_MS: milliseconds(120_000),
  LLM_RETRY_MS: milliseconds(500),
  LLM_REST_MS: milliseconds(30_000),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  LOG_TO: z.enum(['file', 'stdout']).default('file'),
  RESYNC_MS: milliseconds(30_000),
  HEARTBEAT_MS: milliseconds(10_000),
  SWEEP_MS: milliseconds(15_000),
  REQUEST_TIMEOUT_MS: milliseconds(30_000),
  SOCKET_PING_MS: milliseconds(30_000),
  RELAY_POLL_MS: milliseconds(1_000),
  CATCH_UP_MS: milliseconds(3_000),
  DISPATCH_MS: milliseconds(1_000),
  TASK_LEASE_MS: milliseconds(60_000),
  NOTIFY_TIMEOUT_MS: milliseconds(10_000),
  NOTIFY_RETRY_MS: milliseconds(10_000),
  NOTIFY_WINDOW_MS: milliseconds(86_400_000),
  STOP_GRACE_MS: milliseconds(1_500),
  LOOP_RETRY_MS: milliseconds(10_000),
  RESTART_BACKOFF_MS: milliseconds(1_000),
  CONFIRM_MS: milliseconds(30_000),
});

export interface Config {
  readonly api: {
    readonly host: string;
    readonly port: number;
    /** Names that it answers to, besides addresses and localhost. */
    readonly hosts: readonly string[];
    readonly origins: readonly string[];
  };
  readonly limits: {
    readonly requestsPerMinute: number;
    readonly failedAuthPerMinute: number;
    readonly connections: number;
    /** Of dashboards: in all, and of one key. */
    readonly sockets: number;
    readonly socketsPerKey: number;
    /** Until a request must have arrived. */
    readonly requestMs: number;
    /** Of each agent, at the gateway; ten seconds' worth at once. */
    readonly agentCallsPerSecond: number;
  };
  readonly gatewayPort: number;
  /** The way out for agents. */
  readonly egress: {
    readonly port: number;
    /** Name servers that the proxy asks; empty: as the machine resolves names. */
    readonly nameServers: readonly string[];
    /** Open at once, of one agent, through one replica. */
    readonly connectionsMax: number;
    /** Of one agent through one replica, both directions together. */
    readonly bytesPerDayMax: number;
  };
  readonly models: ModelsConfig;
  /** What agents are lent, by the name in their profiles. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly databaseUrl: string | undefined;
  readonly poolSize: number;
  readonly redisUrl: string | undefined;
  readonly runtime: 'auto' | 'docker' | 'process';
  readonly agentImage: string;
  readonly agentSubnets: string;
  /** As Docker's own clients read it; undefined: the local socket. */
  readonly dockerHost: string | undefined;
  readonly home: string;
  readonly adminKey: string | undefined;
  /** For what is sealed at rest; undefined: kept in the home folder. */
  readonly encryptionKey: string | undefined;
  readonly profiles: string;
  /** Texts below it are what the team knows. */
  readonly documents: string;
  /** Which agents are wanted running at first start. */
  readonly isWanted: (agentType: string) => boolean;
  readonly log: { readonly level: z.infer<typeof schema>['LOG_LEVEL']; readonly to: 'file' | 'stdout' };
  /** Container starts at the same time. */
  readonly startsAtOnce: number;
  readonly every: {
    readonly resyncMs: number;
    readonly heartbeatMs: number;
    /** Heartbeats that arrive within this time are written together. */
    readonly heartbeatFlushMs: number;
    readonly sweepMs: number;
    readonly socketPingMs: number;
    readonly relayPollMs: number;
    readonly catchUpMs: number;
    readonly dispatchMs: number;
  };
  /** Where people reach the API, without a slash at its end; undefined: no links are sent. */
  readonly publicUrl: string | undefined;
  readonly notify: {
    /** For one attempt. */
    readonly timeoutMs: number;
    /** Before the second attempt; later pauses double. */
    readonly retryMs: number;
    /** From the first attempt on; then it has failed. */
    readonly windowMs: number;
  };
  readonly taskLeaseMs: number;
  readonly stopGraceMs: number;
  readonly loopRetryMs: number;
  readonly restartBackoffMs: number;
  readonly confirmMs: number;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  // An empty variable is an unset one: compose files pass on what nobody set.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw new ConfigError(describe(parsed.error, given));
  const env = parsed.data;
  const secrets = readSecrets(given);
  if (typeof secrets === 'string') throw new ConfigError(secrets);
  const { BOARDROOM_AGENTS: wanted, BOARDROOM_PUBLIC_URL: publicUrl } = env;
  const publicHost = publicUrl === undefined ? [] : [new URL(publicUrl).hostname];
  return {
    api: {
      host: env.ORCHESTRATOR_HOST,
      port: env.ORCHESTRATOR_PORT,
      hosts: [env.ORCHESTRATOR_HOST.toLowerCase(), ...publicHost, ...env.ALLOWED_HOSTS],
      origins: env.CORS_ORIGINS,
    },
    limits: {
      requestsPerMinute: env.RATE_LIMIT_PER_MINUTE,
      failedAuthPerMinute: env.FAILED_AUTH_PER_MINUTE,
      connections: env.CONNECTIONS_MAX,
      sockets: env.SOCKETS_MAX,
      socketsPerKey: env.SOCKETS_PER_KEY,
      requestMs: env.REQUEST_TIMEOUT_MS,
      agentCallsPerSecond: env.AGENT_CALLS_PER_SECOND,
    },
    gatewayPort: env.GATEWAY_PORT,
    egress: {
      port: env.EGRESS_PORT,
      nameServers: env.EGRESS_DNS,
      connectionsMax: env.EGRESS_CONNECTIONS,
      bytesPerDayMax: env.EGRESS_BYTES_PER_DAY,
    },
    models: {
      providers: providersOf(env),
      firstByteMs: env.LLM_FIRST_BYTE_MS,
      idleMs: env.LLM_IDLE_MS,
      retryMs: env.LLM_RETRY_MS,
      restMs: env.LLM_REST_MS,
    },
    secrets,
    databaseUrl: env.DATABASE_URL,
    poolSize: env.DATABASE_POOL_SIZE,
    redisUrl: env.REDIS_URL,
    runtime: env.AGENT_RUNTIME,
    agentImage: env.AGENT_IMAGE,
    agentSubnets: env.AGENT_SUBNETS,
    dockerHost: env.DOCKER_HOST,
    home: resolve(env.BOARDROOM_HOME),
    adminKey: env.BOARDROOM_ADMIN_KEY,
    encryptionKey: env.BOARDROOM_ENCRYPTION_KEY,
    profiles: resolve(env.BOARDROOM_PROFILES),
    documents: resolve(env.BOARDROOM_DOCUMENTS ?? join(env.BOARDROOM_HOME, 'documents')),
    isWanted: (agentType) => wanted.includes('all') || wanted.includes(agentType),
    log: { level: env.LOG_LEVEL, to: env.LOG_TO },
    // Measured: four at a time is fastest; more only makes each wait longer.
    startsAtOnce: 4,
    every: {
      resyncMs: env.RESYNC_MS,
      heartbeatMs: env.HEARTBEAT_MS,
      heartbeatFlushMs: Math.min(1_000, env.HEARTBEAT_MS),
      sweepMs: env.SWEEP_MS,
      socketPingMs: env.SOCKET_PING_MS,
      relayPollMs: env.RELAY_POLL_MS,
      catchUpMs: env.CATCH_UP_MS,
      dispatchMs: env.DISPATCH_MS,
    },
    publicUrl: publicUrl?.replace(/\/$/, ''),
    notify: { timeoutMs: env.NOTIFY_TIMEOUT_MS, retryMs: env.NOTIFY_RETRY_MS, windowMs: env.NOTIFY_WINDOW_MS },
    taskLeaseMs: env.TASK_LEASE_MS,
    stopGraceMs: env.STOP_GRACE_MS,
    loopRetryMs: env.LOOP_RETRY_MS,
    restartBackoffMs: env.RESTART_BACKOFF_MS,
    confirmMs: env.CONFIRM_MS,
  };
}

/** A provider is set up by its key, one of one's own by its address. */
function providersOf(env: z.output<typeof schema>): ProviderAccesses {
  const keyed = (baseUrl: string, key: string | undefined) => (key === undefined ? undefined : { baseUrl, key });
  const own = (baseUrl: string | undefined, key?: string) => (baseUrl === undefined ? undefined : { baseUrl, key });
  const all = {
    anthropic: keyed(env.ANTHROPIC_BASE_URL, env.ANTHROPIC_API_KEY),
    openai: keyed(env.OPENAI_BASE_URL, env.OPENAI_API_KEY),
    openrouter: keyed(env.OPENROUTER_BASE_URL, env.OPENROUTER_API_KEY),
    gemini: keyed(env.GEMINI_BASE_URL, env.GEMINI_API_KEY),
    ollama: own(env.OLLAMA_BASE_URL),
    custom: own(env.CUSTOM_LLM_BASE_URL, env.CUSTOM_LLM_API_KEY),
  };
  return Object.fromEntries(Object.entries(all).filter(([, access]) => access !== undefined));
}

/** Values of these are never repeated in a message. */
const secrets = new Set([
  'BOARDROOM_ADMIN_KEY',
  'BOARDROOM_ENCRYPTION_KEY',
  'DATABASE_URL',
  'REDIS_URL',
  'ANTHROPIC_API_KEY',
  'OPENAI_API_KEY',
  'OPENROUTER_API_KEY',
  'GEMINI_API_KEY',
  'CUSTOM_LLM_API_KEY',
]);

function describe(error: z.ZodError, given: Readonly<Record<string, string | undefined>>): string {
  return error.issues
    .map((issue) => {
      const name = String(issue.path[0]);
      const value = secrets.has(name) ? 'its value' : `"${given[name]}"`;
      return `${name}: ${value} is not allowed: ${issue.message}`;
    })
    .join('\n');
}
