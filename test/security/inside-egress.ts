import { domainToASCII } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { portOf } from '../support/egress-stage.ts';
import { eventually } from '../support/eventually.ts';
import { type InsideStage, recorded, runInside } from '../support/inside-stage.ts';
import { openPublicSite } from '../support/public-site.ts';
import { ownToken } from './inside-acts.ts';
import * as act from './inside-egress-acts.ts';

/** Names of this world. The site's own address is private wherever the test runs, so its entry says `internal`. */
const wiki = 'wiki.test';
const traps: Record<string, readonly (readonly string[])[]> = {
  'loopback.trap.test': [['127.0.0.1']],
  'private.trap.test': [['10.1.2.3']],
  'metadata.trap.test': [['169.254.169.254']],
  'mapped.trap.test': [['::ffff:127.0.0.1']],
  'ipv6.trap.test': [['::1']],
  'mixed.trap.test': [['93.184.215.14', '127.0.0.1']],
  'cname.trap.test': [[`cname ${wiki}`]],
  // Nobody's address when the whitelist looks, private when a client that looks again would connect.
  'rebinding.trap.test': [['192.0.2.1'], ['127.0.0.1']],
};

/** What a hostile agent tries to reach the outside, and what an honest one can. */
export function describeEgress(stage: () => InsideStage): void {
  const cmo = () => stage().containerOf('cmo');
  const world = () => stage().world;
  const certificate = () => world().site.certificate;
  const port = () => portOf(world().site.secure);
  const attempt = async (authority: string, more: Partial<act.Attempt> = {}) =>
    runInside(await cmo(), act.fetchThroughProxy, { authority, certificate: certificate(), ...more });
  const allow = (domain: string, category: string) =>
    stage().call('POST', '/domains/whitelist', { body: { domain, category } });
  const denials = async (): Promise<string[]> => {
    const { body } = await stage().call('GET', '/events?type=egress_denied&limit=200');
    return body.events.map(({ payload }: { payload: { domain: string } }) => payload.domain);
  };
  const page = { status: 200, said: expect.stringContaining('the page') };

  beforeAll(async () => {
    Object.assign(world().names, traps);
    await allow(wiki, 'internal');
    await allow('*.trap.test', 'api');
    await allow('public.test', 'api');
  });

  it('a whitelisted site is reached, its certificate vouching for it from end to end', async () => {
    expect(await attempt(`${wiki}:${port()}`)).toEqual(page);
    expect(await attempt(`WIKI.test.:${port()}`)).toEqual(page);
    const plain = `http://${wiki}:${portOf(world().site.plain)}/`;
    expect(await runInside(await cmo(), act.getThroughProxy, plain)).toEqual({ status: 200, said: 'the page' });
  });

  it.each([
    ['another domain', 'elsewhere.test:443', 'not on the whitelist'],
    ['a subdomain of an entry that covers none', `sub.${wiki}:443`, 'not on the whitelist'],
    ['a name that looks like it, in punycode', `${domainToASCII('wıki.test')}:443`, 'not on the whitelist'],
    ['an address', '127.0.0.1:443', 'an address'],
    ['an address as a number', '2130706433:443', 'an address'],
    ['an address in hexadecimal', '0x7f000001:443', 'an address'],
    ['an address in octal', '0177.0.0.1:443', 'an address'],
    ['a short address', '127.1:443', 'an address'],
    ['an IPv6 address', '[::1]:443', 'an address'],
    ['IPv4 in IPv6’s clothes', '[::ffff:127.0.0.1]:443', 'an address'],
    ['another port', 'public.test:22', 'ports 80'],
    ['no port', 'public.test', 'host name'],
    ...Object.keys(traps)
      .filter((name) => name !== 'rebinding.trap.test')
      .map((name) => [`a name that leads inside`, `${name}:443`, 'inside this machine or network']),
  ])('%s (%s) is refused in words that a model understands', async (_what, authority, because) => {
    const { status, said } = await attempt(authority ?? '');
    expect(status).toBe(403);
    expect(said).toContain(because);
  });

  it('a name that leads to nobody first and inside then is reached at neither', async () => {
    world().site.seen.length = 0;
    for (let turn = 0; turn < 2; turn += 1) expect((await attempt(`rebinding.trap.test:${port()}`)).status).toBe(403);
    const { status } = await attempt('rebinding.trap.test:443');
    expect([403, 502]).toContain(status);
    expect(world().site.seen).toEqual([]);
  });

  // From a container there is no road into another network of the engine.
  it('a name that leads outside first and inside then is reached at the address that was looked at, and at no other', async () => {
    const turning = 'turning.trap.test';
    const site = await openPublicSite([turning], { secure: [443], plain: [] }, stage().orchestratorContainers);
    try {
      world().names[turning] = [[site.address], ['127.0.0.1']];
      const again = () => attempt(`${turning}:443`, { certificate: site.certificate });
      expect(await again()).toEqual(page);
      // Once the answer is no longer remembered.
      await eventually(async () => ((await again()).status === 403 ? true : undefined), { what: 'a new look' });
    } finally {
      await site.close();
    }
  });

  it('a TLS hello that names another server than the one asked for ends the tunnel, and is recorded', async () => {
    world().site.seen.length = 0;
    const { said } = await attempt(`${wiki}:${port()}`, { serverName: 'elsewhere.test' });
    expect(said).not.toContain('the page');
    expect(world().site.seen).toEqual([]);
    await eventually(async () => (await denials()).includes(wiki) || undefined, { what: 'the record' });
  });

  it('neither another’s token nor a guessed one is let through, and the former is recorded', async () => {
    const stolen = await runInside(await stage().containerOf('dao'), ownToken);
    for (const token of [stolen, 'bra_guess']) {
      expect(await attempt(`${wiki}:${port()}`, { token })).toMatchObject({ status: 407 });
    }
    await recorded(stage(), 'cmo', /used the token of dao/);
  });

  it('what is refused is asked of a human once, with who, where and what; approved, the next attempt works', async () => {
    const fresh = 'fresh.example.test';
    world().names[fresh] = [[world().host]];
    const tries = await Promise.all(Array.from({ length: 5 }, () => attempt(`${fresh}:${port()}`)));
    for (const { status, said } of tries) {
      expect(status).toBe(403);
      expect(said).toContain('request_domain');
    }
    const request = await eventually(
      async () => {
        const { body } = await stage().call('GET', '/domains/approval-requests?limit=200');
        return body.requests.find(({ domain }: { domain: string }) => domain === fresh);
      },
      { what: 'the request' },
    );
    expect(request).toMatchObject({ requestedBy: 'cmo', url: `https://${fresh}:${port()}`, status: 'pending' });
    expect(request).toMatchObject({ suggestedCategory: expect.any(String), securityScore: expect.any(Number) });
    expect((await denials()).filter((domain) => domain === fresh)).toHaveLength(1);

    const approved = await stage().call('POST', `/domains/approval-requests/${request.id}/approve`, {
      body: { category: 'internal' },
    });
    expect(approved.status).toBe(200);
    // The certificate is the wiki's: the tunnel is what was asked for.
    expect(await attempt(`${fresh}:${port()}`)).toMatchObject({ status: 200 });
  });

  it('a domain that is removed is cut off at once, its open tunnel included', async () => {
    world().site.seen.length = 0;
    const held = runInside(
      await cmo(),
      act.fetchThroughProxy,
      { authority: `${wiki}:${port()}`, certificate: certificate() },
      30_000,
    );
    await eventually(() => world().site.seen.find(({ url }) => url === '/held'), { what: 'the open tunnel' });
    expect((await stage().call('DELETE', `/domains/${wiki}`)).status).toBe(200);
    expect(await held).toEqual({ status: 200, said: 'cut' });
    expect(await attempt(`${wiki}:${port()}`)).toMatchObject({ status: 403 });
    await allow(wiki, 'internal');
    expect(await attempt(`${wiki}:${port()}`)).toEqual(page);
  });

  it('hundreds of attempts at hundreds of names make neither a flood of events nor one of requests', async () => {
    const ofTheFlood = (domains: readonly string[]) => domains.filter((domain) => domain.endsWith('.flood.test'));
    await runInside(await cmo(), act.manyThroughProxy, 200);
    const told = await eventually(
      async () => {
        const domains = ofTheFlood(await denials());
        return domains.length > 0 ? domains : undefined;
      },
      { what: 'a record' },
    );
    expect(told.length).toBeLessThanOrEqual(30);
    expect(new Set(told).size, 'each host is told of once').toBe(told.length);
    const { body } = await stage().call('GET', '/domains/approval-requests?limit=200');
    expect(ofTheFlood(body.requests.map(({ domain }: { domain: string }) => domain)).length).toBeLessThanOrEqual(30);
  });
}
