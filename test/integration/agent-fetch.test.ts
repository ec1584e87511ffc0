import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chatRequestSchema } from '../../src/orchestrator/models/chat.ts';
import { type AgentStage, buildAgent, startAgentStage, wake } from '../support/agent-stage.ts';
import { type EgressStage, openEgress, openSite, portOf, type Site } from '../support/egress-stage.ts';

const article = `<html><head><title>t</title><style>p{}</style></head><body><nav>Menu</nav><main><h1>News &amp; more</h1>
<p>First <a href="/more">link</a>.</p><script>alert(1)</script></main><footer>Imprint</footer></body></html>`;

let agent: Awaited<ReturnType<typeof buildAgent>>;
let site: Site;
let egress: EgressStage;
let stage: AgentStage;
let folder: string;

beforeAll(async () => {
  agent = await buildAgent();
  folder = await mkdtemp(join(tmpdir(), 'boardroom-fetch-'));
  site = await openSite('wiki.test', (incoming, response) => {
    const secure = `https://wiki.test:${portOf(site.secure)}`;
    const html = { 'Content-Type': 'text/html; charset=utf-8' };
    const answers: Record<string, () => unknown> = {
      '/article': () => response.writeHead(200, html).end(article),
      '/data': () => response.setHeader('Content-Type', 'application/json').end('{"a":1}'),
      '/image': () => response.setHeader('Content-Type', 'image/png').end('PNG'),
      '/moved': () => response.writeHead(301, { Location: '/article' }).end(),
      '/up': () => response.writeHead(302, { Location: `${secure}/article` }).end(),
      '/away': () => response.writeHead(302, { Location: 'https://evil.test/' }).end(),
      '/round': () => response.writeHead(302, { Location: '/round' }).end(),
      '/large': () => response.setHeader('Content-Type', 'text/plain').end('x'.repeat(5_000_000)),
      '/nested': () => response.writeHead(200, html).end('<div>'.repeat(200_000)),
    };
    (answers[incoming.url ?? ''] ?? (() => response.writeHead(404).end('nothing here')))();
  });
  await writeFile(join(folder, 'ca.pem'), site.certificate);
});
afterAll(async () => {
  site.close();
  await agent.remove();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  egress = await openEgress({ 'wiki.test': 'internal' });
  stage = await startAgentStage(agent.file);
});
afterEach(async () => {
  await stage.dispose();
  egress.close();
});

/** What the model reads when it fetches this. */
async function fetched(input: object): Promise<string> {
  const call = { id: 'c1', type: 'function', function: { name: 'fetch_url', arguments: JSON.stringify(input) } };
  stage.gateway.script.model = (request) => {
    const { messages } = chatRequestSchema.parse(request);
    const said = messages.find(({ role }) => role === 'tool')?.content;
    const message =
      said === undefined ? { content: null, tool_calls: [call] } : { content: String(said).slice(0, 1_900) };
    return { choices: [{ message: { role: 'assistant', ...message } }] };
  };
  await stage.startConnected({
    HTTPS_PROXY: `http://cmo:good@127.0.0.1:${portOf(egress.proxy)}`,
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
  });
  stage.gateway.send(wake());
  const [report] = await stage.reported();
  return report?.summary ?? '';
}
const secure = (path: string) => ({ url: `https://wiki.test:${portOf(site.secure)}${path}` });
const plain = (path: string) => ({ url: `http://wiki.test:${portOf(site.plain)}${path}` });

describe('an agent that fetches a page', () => {
  it.each([
    ['over TLS', () => secure('/article')],
    ['without', () => plain('/article')],
    ['that has moved', () => secure('/moved')],
    ['that has moved to TLS', () => plain('/up')],
  ])('%s reads its text, and not what surrounds it', async (_how, where) => {
    const text = await fetched(where());
    expect(text).toMatch(/^200 https?:\/\/wiki\.test:\d+\/article\s+NEWS & MORE\s+First link \[\/more\]\.$/);
  });

  it('of data reads it as it is', async () => {
    expect(await fetched(secure('/data'))).toMatch(/\{"a":1\}$/);
  });

  it('that is not there is told so', async () => {
    expect(await fetched(secure('/nowhere'))).toMatch(/^404 .*nothing here$/s);
  });

  it('that is endless reads its beginning', async () => {
    expect(await fetched(secure('/large'))).toMatch(/^200 .*x{1000}/s);
  });

  it('that nests without end lives on', async () => {
    expect(await fetched(secure('/nested'))).toMatch(/^200 /);
  });
});

describe('an agent is told in words', () => {
  it.each([
    [
      'that a domain is not on the whitelist, over TLS',
      { url: 'https://evil.test/' },
      /evil\.test.*whitelist.*request_domain/,
    ],
    ['the same without TLS', { url: 'http://evil.test/' }, /evil\.test.*whitelist.*request_domain/],
    ['that an address is none', { url: 'nonsense' }, /url: must be an address/],
    ['that there was none', {}, /url: must be an address/],
    ['that it reads no files', { url: 'file:///etc/passwd' }, /only http/],
  ])('%s', async (_what, input, words) => expect(await fetched(input)).toMatch(words));

  it.each([
    ['that a page has led it away', '/away', /evil\.test.*whitelist/],
    ['that a page leads in circles', '/round', /gave up after 5 redirects/],
    ['that it is no text', '/image', /no text but image\/png/],
  ])('%s', async (_what, path, words) => expect(await fetched(secure(path))).toMatch(words));
});

it('an agent without a way out is not offered to fetch', async () => {
  let offered: string[] = [];
  stage.gateway.script.model = (request) => {
    offered = (chatRequestSchema.parse(request).tools ?? []).map((tool) => String(tool.function?.name));
    return { choices: [{ message: { role: 'assistant', content: 'done' } }] };
  };
  await stage.startConnected();
  stage.gateway.send(wake());
  await stage.reported();
  expect(offered).toContain('vote');
  expect(offered).not.toContain('fetch_url');
});
