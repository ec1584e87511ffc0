import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/orchestrator/config.ts';

/** What a wrong environment is refused with. */
function refusalOf(environment: Record<string, string>): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error(`${JSON.stringify(environment)} was accepted`);
}

const source = await readFile(new URL('../../src/orchestrator/config.ts', import.meta.url), 'utf8');
const variables = [...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].flatMap(([, name]) => name ?? []);

describe('an environment without any variable', () => {
  const config = readConfig({});

  it('makes the configuration of the documentation', () => {
    expect(config).toMatchObject({
      api: { host: '127.0.0.1', port: 8080, hosts: ['127.0.0.1'], origins: [] },
      limits: {
        requestsPerMinute: 300,
        failedAuthPerMinute: 20,
        connections: 2_000,
        sockets: 1_000,
        socketsPerKey: 100,
      },
      gatewayPort: 8081,
      egress: { port: 8082, nameServers: [], connectionsMax: 32, bytesPerDayMax: 10_000_000_000 },
      databaseUrl: undefined,
      redisUrl: undefined,
      runtime: 'auto',
      dockerHost: undefined,
      home: resolve('.boardroom'),
      adminKey: undefined,
      profiles: resolve('profiles'),
      startsAtOnce: 4,
      every: { resyncMs: 30_000, heartbeatMs: 10_000 },
    });
    expect(['ceo', 'intern'].map(config.isWanted)).toEqual([true, true]);
  });

  it.each(variables)('is the same as one in which %s is empty', (name) => {
    const { isWanted: _isWanted, ...plain } = config;
    const { isWanted: _isWantedToo, ...empty } = readConfig({ [name]: '' });
    expect(empty).toEqual(plain);
  });
});

describe('a value that is allowed', () => {
  it.each<[Record<string, string>, object]>([
    [{ ORCHESTRATOR_PORT: '0' }, { api: { port: 0 } }],
    [{ ORCHESTRATOR_PORT: '65535' }, { api: { port: 65_535 } }],
    [
      { EGRESS_DNS: '10.0.0.53, 10.0.0.54:5353,[fd00::53]:53,fd00::54' },
      { egress: { nameServers: ['10.0.0.53', '10.0.0.54:5353', '[fd00::53]:53', 'fd00::54'] } },
    ],
    [{ DATABASE_URL: 'postgres://u:p@db:5432/x' }, { databaseUrl: 'postgres://u:p@db:5432/x' }],
    [{ DATABASE_URL: 'postgresql://db/x?sslmode=require' }, { databaseUrl: 'postgresql://db/x?sslmode=require' }],
    [{ REDIS_URL: 'rediss://:p@cache:6380/1' }, { redisUrl: 'rediss://:p@cache:6380/1' }],
    [
      { CORS_ORIGINS: 'https://a.example, https://b.example ,' },
      {
        api: { origins: ['https://a.example', 'https://b.example'] },
      },
    ],
    [{ AGENT_RUNTIME: 'docker' }, { runtime: 'docker' }],
    [{ BOARDROOM_HOME: '/var/lib/boardroom' }, { home: '/var/lib/boardroom' }],
    [{ UNHEARD_OF: 'x' }, { gatewayPort: 8081 }],
  ])('%j is taken over', (environment, expected) => expect(readConfig(environment)).toMatchObject(expected));

  it.each([
    ['all', { ceo: true, cmo: true }],
    ['ceo, dao', { ceo: true, cmo: false }],
    ['cmo', { ceo: false, cmo: true }],
  ])('of BOARDROOM_AGENTS, %j, says who is wanted', (list, wanted) => {
    const { isWanted } = readConfig({ BOARDROOM_AGENTS: list });
    expect({ ceo: isWanted('ceo'), cmo: isWanted('cmo') }).toEqual(wanted);
  });
});

describe('a wrong value', () => {
  /** Variable, value, and what the sentence must say is allowed. */
  const wrong: [string, string, RegExp][] = [
    ['ORCHESTRATOR_PORT', 'eighty', /number/],
    ['ORCHESTRATOR_PORT', '65536', /<=65535/],
    ['ORCHESTRATOR_PORT', '-1', />=0/],
    ['ORCHESTRATOR_PORT', '80.5', /int/],
    ['ORCHESTRATOR_PORT', ' ', /number/],
    ['GATEWAY_PORT', '70000', /<=65535/],
    // Agents are told this very number: a port that the system picks is one they never hear of.
    ['GATEWAY_PORT', '0', />=1|number/],
    ['EGRESS_PORT', '8082a', /number/],
    ['OLLAMA_BASE_URL', 'localhost:11434', /such as http/],
    ['ANTHROPIC_BASE_URL', 'ftp://x', /such as https/],
    ['LLM_RETRY_MS', '0', />=1/],
    ['EGRESS_DNS', '10.0.0.53,ns.example', /an address such as/],
    ['EGRESS_DNS', '10.0.0.999:53', /an address such as/],
    ['EGRESS_CONNECTIONS', '0', />=1/],
    ['EGRESS_BYTES_PER_DAY', '-1', />=1/],
    ['DATABASE_POOL_SIZE', '1', />=2/],
    ['AGENT_RUNTIME', 'swarm', /"auto"\|"docker"\|"process"/],
    ['AGENT_SUBNETS', '10.231.0.0', /IPv4/],
    ['BOARDROOM_AGENTS', 'The CEO', /role|all/],
    ['CORS_ORIGINS', 'example.com', /https?:\/\//],
    ['CORS_ORIGINS', 'https://a.example/', /origin/i],
    ['ALLOWED_HOSTS', 'https://board.example', /host name/],
    ['ALLOWED_HOSTS', 'board.example:8080', /without a port/],
    ['ALLOWED_HOSTS', '*', /host name/],
    ['CONNECTIONS_MAX', '0', />=10/],
    ['SOCKETS_MAX', '0', />=1/],
    ['SOCKETS_PER_KEY', 'all', /number/],
    ['RATE_LIMIT_PER_MINUTE', '0', />=1/],
    ['FAILED_AUTH_PER_MINUTE', 'many', /number/],
    ['LOG_LEVEL', 'loud', /"trace"\|"debug"\|"info"\|"warn"\|"error"\|"silent"/],
    ['LOG_TO', 'syslog', /"file"\|"stdout"/],
    ...variables
      .filter((name) => name.endsWith('_MS'))
      .flatMap((name): [string, string, RegExp][] => [
        [name, '0', />=1/],
        [name, '86400001', /<=86400000/],
        [name, '10s', /number/],
      ]),
  ];

  it.each(wrong)(
    '%s=%s stops the start with a sentence that names it, the value and what is allowed',
    (name, value, allowed) => {
      const sentence = refusalOf({ [name]: value });
      expect(sentence).toContain(`${name}: "${value}" is not allowed`);
      expect(sentence).toMatch(allowed);
      expect(sentence).not.toContain('\n');
    },
  );

  it('is told of together with every other one, a line for each', () => {
    const lines = refusalOf({ ORCHESTRATOR_PORT: 'x', GATEWAY_PORT: 'y', LOG_TO: 'z' }).split('\n');
    expect(lines.map((line) => line.split(':')[0])).toEqual(['ORCHESTRATOR_PORT', 'GATEWAY_PORT', 'LOG_TO']);
  });
});

describe('a wrong secret', () => {
  it.each<[string, string, RegExp]>([
    ['BOARDROOM_ADMIN_KEY', 'hunter2', /at least 16 characters/],
    ...['ANTHROPIC', 'OPENAI', 'OPENROUTER', 'GEMINI', 'CUSTOM_LLM'].map((provider): [string, string, RegExp] => [
      `${provider}_API_KEY`,
      'hunter2 ',
      /without blanks/,
    ]),
    ['DATABASE_URL', 'mysql://root:hunter2@db/x', /postgres/],
    ['DATABASE_URL', 'hunter2', /postgres/],
    ['REDIS_URL', 'http://:hunter2@cache', /redis/],
    ['REDIS_URL', 'hunter2', /redis/],
  ])('in %s=%s is not repeated; the sentence names the variable and what is allowed', (name, value, allowed) => {
    const sentence = refusalOf({ [name]: value });
    expect(sentence).not.toContain('hunter2');
    expect(sentence).toContain(`${name}: `);
    // The name holds the word in capitals; what is allowed comes after it.
    expect(sentence.slice(name.length)).toMatch(allowed);
  });

  it('is not repeated either where another variable is wrong too', () => {
    expect(refusalOf({ BOARDROOM_ADMIN_KEY: 'hunter2', LOG_TO: 'x', REDIS_URL: 'redis:hunter2' })).not.toContain(
      'hunter2',
    );
  });
});

describe('the list of variables that these tests go by', () => {
  it('is read from the source, and not empty', () => {
    expect(variables).toContain('ORCHESTRATOR_PORT');
    expect(variables.length).toBeGreaterThan(20);
  });
});
