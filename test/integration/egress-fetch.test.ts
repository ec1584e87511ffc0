import { type IncomingMessage, request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EgressStage, openEgress, openSite, portOf, type Site, whitelistEvent } from '../support/egress-stage.ts';

let site: Site;
let egress: EgressStage;

beforeAll(async () => {
  site = await openSite('wiki.test', (incoming, response) => {
    if (incoming.url === '/moved') response.writeHead(302, { Location: 'https://other.test/' });
    if (incoming.url === '/slow') return void response.write('so far');
    incoming.pipe(response);
  });
});
afterAll(() => site.close());
beforeEach(async () => {
  site.seen.length = 0;
  egress = await openEgress(
    { 'wiki.test': 'internal', 'lost.test': 'internal', 'plain.test': 'internal', 'outside.test': 'api' },
    {},
    site,
  );
});
afterEach(() => egress.close());

const at = (host: string, path = '/') => `/${host}:${portOf(site.secure)}${path}`;
const token = { Authorization: 'Bearer good', 'X-Api-Key': 'good' };

interface Asked {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly onData?: () => void;
}

async function ask(path: string, { method = 'GET', body = '', headers = {}, onData }: Asked = {}) {
  const [host, port] = ['127.0.0.1', portOf(egress.fetcher)];
  const asked = request({ host, port, method, path, headers: { ...token, ...headers }, agent: false });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.on('response', resolve).on('error', reject).end(body);
  });
  let text = '';
  for await (const chunk of response) {
    text += String(chunk);
    onData?.();
  }
  return { status: response.statusCode, headers: response.headers, text };
}

describe('a request that we make for an agent', () => {
  it('carries the secret to its host, in the place of what the agent says there, and no token of ours', async () => {
    const answer = await ask(at('wiki.test', '/a/b?c=d'), {
      method: 'POST',
      body: 'words',
      headers: { 'x-key': 'mine' },
    });
    expect(answer).toMatchObject({ status: 200, text: 'words' });
    expect(site.seen).toMatchObject([{ url: '/a/b?c=d', headers: { 'x-key': 'Key the-secret' } }]);
    expect(site.seen[0]?.headers).not.toHaveProperty('authorization');
    expect(site.seen[0]?.headers).not.toHaveProperty('x-api-key');
    expect(JSON.stringify(answer.headers)).not.toContain('the-secret');
  });

  it('whose secret has no value is refused with a sentence, and asks nobody', async () => {
    const { status, text } = await ask(at('lost.test'));
    expect([status, text]).toEqual([403, expect.stringContaining('the secret for it has no value yet')]);
    expect([egress.denied, site.seen]).toEqual([['lost.test secret_missing'], []]);
  });

  it('is under the rules of the proxy: names on the whitelist, no addresses, no inside by way of a name', async () => {
    expect(await ask('/other.test/')).toMatchObject({
      status: 403,
      text: expect.stringContaining('not on the whitelist'),
    });
    expect(await ask('/127.0.0.1/')).toMatchObject({ status: 403 });
    expect(await ask('/outside.test:8443/')).toMatchObject({ status: 403 });
    expect(await ask('/outside.test/')).toMatchObject({ status: 403 });
    expect(await ask('/wiki.test@other.test/')).toMatchObject({ status: 403 });
    expect(await ask('/')).toMatchObject({ status: 403 });
    expect(egress.denied.slice(0, 5)).toEqual([
      'other.test not_whitelisted',
      '127.0.0.1 address',
      'outside.test port',
      'outside.test private_address',
      'other.test not_whitelisted',
    ]);
    expect(site.seen).toEqual([]);
  });

  it('goes to nobody who cannot prove the name', async () => {
    expect(await ask(at('plain.test'))).toMatchObject({ status: 502 });
    expect(site.seen).toEqual([]);
  });

  it('that is answered by a redirect is the agent’s to ask again', async () => {
    const { status, headers } = await ask(at('wiki.test', '/moved'));
    expect([status, headers.location, site.seen.length]).toEqual([302, 'https://other.test/', 1]);
  });

  it('is cut when its entry is removed', async () => {
    const remove = () => egress.view.follow(whitelistEvent('domain_removed', { domain: 'wiki.test' }));
    await expect(ask(at('wiki.test', '/slow'), { onData: remove })).rejects.toThrow('aborted');
  });
});

describe('a plain request through the proxy', () => {
  const pass = async (url: string, port: number) => {
    const headers = { 'Proxy-Authorization': `Basic ${Buffer.from('cmo:good').toString('base64')}`, 'x-key': 'mine' };
    const asked = request({
      host: '127.0.0.1',
      port: portOf(egress.proxy),
      path: `${url}:${port}/`,
      headers,
      agent: false,
    });
    await new Promise((resolve, reject) => asked.on('response', resolve).on('error', reject).end());
  };

  it('carries the secret to a service of the house', async () => {
    await pass('http://wiki.test', portOf(site.plain));
    expect(site.seen[0]?.headers).toMatchObject({ 'x-key': 'Key the-secret' });
  });

  it('carries it to nothing else that listens there', async () => {
    const next = await openSite('wiki.test', (_incoming, response) => response.end('another service'));
    await pass('http://wiki.test', portOf(next.plain));
    next.close();
    expect(next.seen[0]?.headers).toMatchObject({ 'x-key': 'mine' });
  });
});
