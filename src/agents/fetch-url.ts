import { request as httpRequest, type IncomingMessage } from 'node:http';
import { isString, type JsonRecord } from './json.ts';
import { messageOf } from './log.ts';
import { EgressRefused, proxyCredentials, tunnelTo } from './proxy-connection.ts';
import type { OfferedTool, ToolAnswer, Toolbox } from './toolbox.ts';

/** The agent's own tool beside the gateway's: it reads a page, through the gateway's egress proxy like everything that leaves. */
const fetchUrlTool: OfferedTool = {
  name: 'fetch_url',
  description:
    'Read a web page or a text (GET). HTML comes as readable text. Only domains on the whitelist can be reached; for others a human is asked.',
  inputSchema: {
    type: 'object',
    properties: { url: { type: 'string', description: 'http:// or https://' } },
    required: ['url'],
    additionalProperties: false,
  },
};

interface FetchDeps {
  readonly proxy: URL;
  readonly signal: AbortSignal;
}

export const withFetchUrl = (toolbox: Toolbox, deps: FetchDeps): Toolbox => ({
  ...toolbox,
  offered: [...toolbox.offered, fetchUrlTool],
  call: (name, input) => (name === fetchUrlTool.name ? fetchUrl(input, deps) : toolbox.call(name, input)),
});

const bytesMax = 2 * 2 ** 20;
const charactersMax = 40_000;
const redirectsMax = 5;
const answerMsMax = 30_000;

/** Never rejects but with the turn's end: what goes wrong is for the model to read. */
async function fetchUrl({ url }: JsonRecord, { proxy, signal }: FetchDeps): Promise<ToolAnswer> {
  const refused = (text: string): ToolAnswer => ({ outcome: 'refused', text, data: undefined });
  const late = AbortSignal.timeout(answerMsMax);
  try {
    if (!isString(url) || !URL.canParse(url))
      return refused('url: must be an address such as https://example.com/page');
    const page = await readPage(new URL(url), { proxy, signal: AbortSignal.any([signal, late]) });
    const text = page.text.length > charactersMax ? `${page.text.slice(0, charactersMax)} … (cut)` : page.text;
    return { outcome: 'ok', text: `${page.status} ${page.url}\n\n${text}`, data: undefined };
  } catch (error) {
    signal.throwIfAborted();
    // Asked again here: Node 20 collects a time-out that only `any` knows, and then it never comes.
    return refused(late.aborted ? `It took longer than ${answerMsMax / 1_000} seconds.` : messageOf(error));
  }
}

interface Page {
  readonly url: string;
  readonly status: number;
  readonly text: string;
}

/** Each redirect is asked for anew: where it leads may be allowed or not. */
async function readPage(first: URL, deps: FetchDeps): Promise<Page> {
  let url = first;
  for (let hop = 0; hop <= redirectsMax; hop += 1) {
    const answer = await get(url, deps);
    const status = answer.statusCode ?? 0;
    const { location } = answer.headers;
    if (status < 300 || status >= 400 || location === undefined || !URL.canParse(location, url.href)) {
      if (answer.headers['x-boardroom-refusal'] !== undefined) throw new EgressRefused(await bodyOf(answer));
      return { url: url.href, status, text: await readable(answer) };
    }
    answer.destroy();
    url = new URL(location, url);
  }
  throw new Error(`gave up after ${redirectsMax} redirects, at ${url.href}`);
}

async function get(url: URL, { proxy, signal }: FetchDeps): Promise<IncomingMessage> {
  const headers = { accept: 'text/html, text/*, application/json', 'user-agent': 'boardroom-agent', host: url.host };
  const common = { method: 'GET', signal };
  switch (url.protocol) {
    case 'https:': {
      const socket = await tunnelTo(url, proxy, signal);
      const path = url.pathname + url.search;
      // HTTP over a socket that is secure already; an agent would open one of its own.
      return answerOf(httpRequest({ ...common, headers, path, createConnection: () => socket }));
    }
    case 'http:': {
      const withToken = { ...headers, 'proxy-authorization': proxyCredentials(proxy) };
      const way = { host: proxy.hostname, port: proxy.port, path: url.href };
      return answerOf(httpRequest({ ...common, ...way, agent: false, headers: withToken }));
    }
    default:
      throw new Error(`url: only http:// and https:// can be read, not ${url.protocol}`);
  }
}

const answerOf = (request: ReturnType<typeof httpRequest>): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
    request.end();
  });

async function readable(answer: IncomingMessage): Promise<string> {
  const type = answer.headers['content-type'] ?? 'text/plain';
  const isHtml = /html/i.test(type);
  if (!isHtml && !/^(text\/|application\/([\w.+-]*\+)?(json|xml|javascript))/i.test(type)) {
    answer.destroy();
    throw new Error(`this is no text but ${type}`);
  }
  const body = await bodyOf(answer);
  if (!isHtml) return body;
  // Loaded at its first use: an agent that reads no pages does not pay for it.
  const { convert } = await import('html-to-text');
  const skipped = ['img', 'nav', 'footer', 'script', 'style', 'svg', 'form'].map((selector) => ({
    selector,
    format: 'skip',
  }));
  return convert(upToTags(body, tagsMax), {
    wordwrap: false,
    baseElements: { selectors: ['main', 'article', 'body'], returnDomByDefault: true },
    selectors: [...skipped, { selector: 'a', options: { hideLinkHrefIfSameAsText: true } }],
    limits: { maxInputLength: bytesMax, maxDepth: 200 },
  });
}

/** Parsing takes time in the square of open tags: a page made of nothing else would take an hour. */
const tagsMax = 30_000;

function upToTags(html: string, max: number): string {
  let at = -1;
  for (let count = 0; count < max; count += 1) {
    at = html.indexOf('<', at + 1);
    if (at < 0) return html;
  }
  return html.slice(0, at);
}

/** As much of it as anybody reads. */
async function bodyOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    const part = Buffer.from(chunk);
    chunks.push(part);
    bytes += part.length;
    if (bytes >= bytesMax) break;
  }
  return Buffer.concat(chunks).subarray(0, bytesMax).toString('utf8').toWellFormed();
}
