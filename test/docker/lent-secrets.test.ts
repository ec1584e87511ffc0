import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { getThroughProxy } from '../security/inside-egress-acts.ts';
import { adminKey, call, quick } from '../support/boardroom.ts';
import { createEmptyDatabase, teamIn } from '../support/database.ts';
import { describeDocker, docker, removeTeam } from '../support/docker.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { runInside } from '../support/inside-stage.ts';
import { buildImage } from '../support/orchestrator-container.ts';
import { type OrchestratorProcess, startOrchestrator } from '../support/orchestrator-process.ts';
import { type OutsideWorld, openOutsideWorld } from '../support/outside-world.ts';
import { type Heard, openPublicSite, type PublicSite } from '../support/public-site.ts';

const partner = 'api.partner.test';
const wiki = 'wiki.corp.test';
const lent = `
secrets:
  - { name: PARTNER, domain: ${partner} }
  - { name: DESK, domain: ${wiki} }
  - { name: WIKI, domain: '${wiki}:8443', header: X-Key, format: '{}' }`;
const values = { PARTNER: 'partner-value-1', DESK: 'desk-value-2', WIKI: 'wiki-value-3' };

describeDocker('a secret that is lent for a host, asked for from inside a container', () => {
  let folder: string;
  let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let world: OutsideWorld;
  let site: PublicSite;
  let orchestrator: OrchestratorProcess;
  let containerId: string;
  const ask = async (path: string) => (await call(`${orchestrator.url}${path}`, 'GET', {})).body;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'boardroom-lent-'));
    const cmo = await readFile('profiles/cmo.md', 'utf8');
    await writeFile(join(folder, 'cmo.md'), cmo.replace('seat: c-level', `seat: c-level${lent}`));
    database = await createEmptyDatabase();
    site = await openPublicSite([partner, wiki], { secure: [443, 8443, 9443], plain: [80, 9000] });
    await writeFile(join(folder, 'authority.pem'), site.certificate);
    world = await openOutsideWorld('127.0.0.1', 'unused.test');
    for (const name of [partner, wiki]) world.names[name] = [[site.address]];
    orchestrator = await startOrchestrator({
      ...quick,
      ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`BOARDROOM_SECRET_${name}`, value])),
      NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem'),
      EGRESS_DNS: world.nameServer,
      BOARDROOM_PROFILES: folder,
      BOARDROOM_AGENTS: 'cmo',
      DATABASE_URL: database.url,
      BOARDROOM_HOME: join(folder, 'home'),
      BOARDROOM_ADMIN_KEY: adminKey,
      AGENT_RUNTIME: 'docker',
      AGENT_IMAGE: await buildImage('agent'),
      AGENT_SUBNETS: '10.237.0.0/16',
      GATEWAY_PORT: String(await freePort()),
      EGRESS_PORT: String(await freePort()),
      LOG_LEVEL: 'trace',
    });
    const allow = (domain: string, category: string) =>
      call(`${orchestrator.url}/domains/whitelist`, 'POST', { body: { domain, category } });
    await allow(partner, 'api');
    await allow(wiki, 'internal');
    containerId = await eventually(
      async () => {
        const { connected, containerId: id } = await ask('/agents/cmo');
        return connected === true ? String(id) : undefined;
      },
      { withinMs: 60_000, what: 'a connected cmo' },
    );
  }, 600_000);
  afterAll(async () => {
    const teamId = await teamIn(database.url);
    await orchestrator.end('SIGTERM');
    await removeTeam(teamId);
    world.close();
    await site.close();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }, 120_000);

  /** What the site hears of a request that gets its page. */
  async function heardAt(path: string, asked: Promise<{ status: number; said: string }>): Promise<Heard> {
    expect(await asked).toEqual({ status: 200, said: 'the page' });
    return eventually(async () => (await site.heard()).find(({ url }) => url === path), {
      what: `a record of ${path}`,
    });
  }
  const fetched = (host: string, path: string) =>
    heardAt(path, runInside(containerId, fetchThroughGateway, `${host}${path}`));
  const proxied = (host: string, path: string) =>
    heardAt(path, runInside(containerId, getThroughProxy, `http://${host}${path}`));
  const nothingLent = (heard: Heard) => {
    for (const value of Object.values(values)) expect(JSON.stringify(heard)).not.toContain(value);
  };

  it('is in the request that reaches it, in the place of the agent’s token', async () => {
    const { port, headers } = await fetched(partner, '/outside');
    expect(port).toBe(443);
    expect(headers).toMatchObject({ host: partner, authorization: `Bearer ${values.PARTNER}` });
    expect(JSON.stringify(headers)).not.toContain('bra_');
  });

  it('goes to the port that the profile names, and each port gets its own', async () => {
    const other = await fetched(`${wiki}:8443`, '/named-port');
    expect([other.port, other.headers['x-key'], other.headers['authorization']]).toEqual([
      8443,
      values.WIKI,
      undefined,
    ]);
    const usual = await fetched(wiki, '/usual-port');
    expect(usual).toMatchObject({ port: 443, headers: { authorization: `Bearer ${values.DESK}` } });
    expect(usual.headers).not.toHaveProperty('x-key');
  });

  it('goes to no other port of an internal host, with TLS or without', async () => {
    nothingLent(await fetched(`${wiki}:9443`, '/other-port'));
    nothingLent(await proxied(`${wiki}:9000`, '/other-plain-port'));
  });

  it('goes over plain HTTP to an internal host, and never to one outside', async () => {
    const inside = await proxied(wiki, '/plain-inside');
    expect(inside).toMatchObject({ port: 80, headers: { authorization: `Bearer ${values.DESK}` } });
    nothingLent(await proxied(partner, '/plain-outside'));
  });

  it('is found in no container, log, event or answer of ours', async () => {
    const container = docker.getContainer(containerId);
    const places = {
      container: JSON.stringify(await container.inspect()),
      'its log': String(await container.logs({ stdout: true, stderr: true, follow: false })),
      'its processes': await runInside(containerId, environmentsOfAll),
      log: await readFile(join(folder, 'home/orchestrator.log'), 'utf8'),
      output: orchestrator.output(),
      events: JSON.stringify(await ask('/events?limit=200')),
      history: JSON.stringify(await ask('/agents/cmo/history?limit=200')),
      settings: JSON.stringify(await ask('/settings')),
    };
    for (const [place, text] of Object.entries(places))
      for (const [name, value] of Object.entries(values))
        expect(text.includes(value), `${name} in ${place}`).toBe(false);
    // The search would find what is there.
    for (const place of ['container', 'its processes'] as const) expect(places[place]).toContain('BOARDROOM_TOKEN');
  });
});

/** Travels as text, like the one below: it stands alone. */
async function fetchThroughGateway(target: string): Promise<{ status: number; said: string }> {
  const { BOARDROOM_URL: url, BOARDROOM_TOKEN: token } = process.env;
  const answer = await fetch(`${url}/fetch/${target}`, { headers: { authorization: `Bearer ${token}` } });
  return { status: answer.status, said: await answer.text() };
}

function environmentsOfAll(): string {
  const { readdirSync, readFileSync } = process.getBuiltinModule('node:fs');
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.map((pid) => readFileSync(`/proc/${pid}/environ`, 'latin1')).join('\n');
}
