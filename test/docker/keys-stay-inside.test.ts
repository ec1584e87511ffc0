import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adminKey, call, quick } from '../support/boardroom.ts';
import { createEmptyDatabase, teamIn } from '../support/database.ts';
import { describeDocker, docker, removeTeam } from '../support/docker.ts';
import { eventually } from '../support/eventually.ts';
import { type FakeLlm, startFakeLlm } from '../support/fake-llm.ts';
import { freePort } from '../support/free-port.ts';
import { buildImage } from '../support/orchestrator-container.ts';
import { type OrchestratorProcess, startOrchestrator } from '../support/orchestrator-process.ts';

/** As the operator gives them; nobody but the provider may ever see them again. */
const keys = {
  ANTHROPIC_API_KEY: 'sk-ant-stays-inside-0123456789',
  OPENAI_API_KEY: 'sk-openai-stays-inside-0123456789',
  GEMINI_API_KEY: 'gemini-stays-inside-0123456789',
  OPENROUTER_API_KEY: 'sk-or-stays-inside-0123456789',
  CUSTOM_LLM_API_KEY: 'custom-stays-inside-0123456789',
};
const agents = ['cto', 'cco'];

describeDocker('the keys of model providers', () => {
  let home: string;
  let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let provider: FakeLlm;
  let orchestrator: OrchestratorProcess;
  const ask = async (path: string) => (await call(`${orchestrator.url}${path}`, 'GET', {})).body;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'boardroom-keys-'));
    database = await createEmptyDatabase();
    provider = await startFakeLlm('anthropic');
    // A provider that repeats what it was sent, in every way that it can.
    const quoting = JSON.stringify({ error: { message: `the key ${keys.ANTHROPIC_API_KEY} is not good` } });
    provider.script(
      { kind: 'status', status: 400, body: quoting },
      { kind: 'status', status: 401, body: quoting },
      { kind: 'status', status: 500, body: quoting },
      { kind: 'malformed' },
      { kind: 'cut', after: 0 },
    );
    orchestrator = await startOrchestrator({
      ...quick,
      ...keys,
      ANTHROPIC_BASE_URL: provider.url,
      OPENAI_BASE_URL: provider.url,
      GEMINI_BASE_URL: provider.url,
      OPENROUTER_BASE_URL: provider.url,
      CUSTOM_LLM_BASE_URL: provider.url,
      BOARDROOM_AGENTS: agents.join(),
      DATABASE_URL: database.url,
      BOARDROOM_HOME: home,
      BOARDROOM_ADMIN_KEY: adminKey,
      AGENT_RUNTIME: 'docker',
      AGENT_IMAGE: await buildImage('agent'),
      AGENT_SUBNETS: '10.236.0.0/16',
      GATEWAY_PORT: String(await freePort()),
      EGRESS_PORT: String(await freePort()),
      LOG_LEVEL: 'trace',
    });
  }, 600_000);
  afterAll(async () => {
    const teamId = await teamIn(database.url);
    await orchestrator.end('SIGTERM');
    await removeTeam(teamId);
    await provider.close();
    await database.drop();
    await rm(home, { recursive: true, force: true });
  }, 120_000);

  it('reach the provider, and are found in no environment, log, event, answer, row or file', async () => {
    for (const type of agents) {
      const message = { message: 'Please look at this.', priority: 'critical' };
      await call(`${orchestrator.url}/agents/${type}/message`, 'POST', { body: message });
    }
    // All of its bad answers, and a good one.
    const thought = () => provider.requests[5];
    await eventually(thought, { what: 'several calls of the provider', withinMs: 90_000 });
    expect(provider.requests.every(({ headers }) => headers['x-api-key'] === keys.ANTHROPIC_API_KEY)).toBe(true);

    const places: Record<string, string> = {
      log: await readFile(join(home, 'orchestrator.log'), 'utf8'),
      output: orchestrator.output(),
      database: await everyRow(database.url),
      metrics: JSON.stringify(await ask('/metrics')),
    };
    for (const path of [
      '/agents',
      '/events?limit=200',
      '/settings',
      '/usage',
      '/budgets',
      '/tasks',
      '/health/full',
      '/escalations',
    ])
      places[path] = JSON.stringify(await ask(path));
    for (const type of agents) {
      for (const part of ['', '/history?limit=200', '/events?limit=200'])
        places[`/agents/${type}${part}`] = JSON.stringify(await ask(`/agents/${type}${part}`));
      const { containerId } = await ask(`/agents/${type}`);
      const container = docker.getContainer(containerId);
      places[`container of ${type}`] = JSON.stringify(await container.inspect());
      places[`log of ${type}`] = String(await container.logs({ stdout: true, stderr: true, follow: false }));
    }
    for (const file of await readdir(home, { recursive: true }))
      places[`file ${file}`] = await readFile(join(home, file), 'utf8').catch(() => '');

    for (const [place, text] of Object.entries(places))
      for (const [name, key] of Object.entries(keys)) expect(text.includes(key), `${name} in ${place}`).toBe(false);
    // The search would find what is there.
    expect(places['log']).toContain('gateway');
    expect(places['database']).toContain('cto');
    expect(places['container of cto']).toContain('BOARDROOM_TOKEN');
  }, 180_000);
});

async function everyRow(url: string): Promise<string> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'drizzle')`,
    );
    const texts = [];
    for (const { name } of rows) texts.push(JSON.stringify((await client.query(`select * from ${name}`)).rows));
    return texts.join('\n');
  } finally {
    await client.end();
  }
}
