import { isIP } from 'node:net';
import { parse } from 'tldts';
import { internalCategory } from '../../contracts/domain.ts';

export type Normalised =
  | { readonly ok: true; readonly domain: string }
  | { readonly ok: false; readonly because: string };

const no = (because: string): Normalised => ({ ok: false, because });
const wildcard = '*.';

/** A name as the whitelist keeps it: lower case, ASCII, no trailing dot; `*.` before it when it stands for the names below. */
export function normaliseDomain(input: string, category: string): Normalised {
  const given = input.trim();
  const below = given.startsWith(wildcard);
  const host = hostOf(below ? given.slice(wildcard.length) : given);
  if (host === undefined)
    return no('must be a bare domain such as api.example.com or *.example.com: no scheme, port, path or spaces');
  if (isIP(host)) return no('must be a name; an address can be anybody’s tomorrow');
  const { publicSuffix, domain } = parse(host, { allowPrivateDomains: true });
  const isSuffix = publicSuffix === host || domain === null;
  // Inside a house a host may well have one label; what it is called there is nobody's public suffix.
  if (isSuffix && (below || category !== internalCategory)) {
    return no(`is not one domain but a whole suffix (${host}), under which anybody can register names`);
  }
  return { ok: true, domain: below ? `${wildcard}${host}` : host };
}

/** The host of a request in the whitelist's spelling; undefined when it cannot be a host's name. Decimal addresses come out dotted. */
export function hostOf(name: string): string | undefined {
  // Whatever else a URL can hold must not slip into the host by being parsed away.
  if (!/^[^\s/?#@:\\%*[\]]+$/u.test(name)) return undefined;
  const url = `http://${name}/`;
  if (!URL.canParse(url)) return undefined;
  const host = new URL(url).hostname.replace(/\.$/, '');
  const labels = host.split('.');
  const isName = host.length <= 253 && labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
  return isName ? host : undefined;
}

/** The entry that covers the host: its own, or that of a name above it which says so. */
export function entryFor(has: (domain: string) => boolean, host: string): string | undefined {
  if (has(host)) return host;
  const labels = host.split('.');
  for (let level = 1; level < labels.length; level += 1) {
    const above = `${wildcard}${labels.slice(level).join('.')}`;
    if (has(above)) return above;
  }
  return undefined;
}

export interface Assessment {
  readonly suggestedCategory: string;
  /** 0 to 100, higher is safer. */
  readonly securityScore: number;
  readonly findings: readonly string[];
}

/** What the name alone tells a careful reader. A help to the human who decides, nothing that decides. */
export function assess(domain: string): Assessment {
  const host = domain.replace(/^\*\./, '');
  const { domain: registrable, publicSuffix } = parse(host, { allowPrivateDomains: true });
  const name = registrable ?? host;
  const known = wellKnown[name] ?? wellKnown[host];
  const flags = known ? [] : suspicions.filter(({ holds }) => holds({ host, name, suffix: publicSuffix ?? '' }));
  const score = flags.reduce((left, { cost }) => left - cost, known ? 90 : 60);
  return {
    suggestedCategory: known ?? categoryOf(host),
    securityScore: Math.max(0, Math.min(100, score)),
    findings: known ? [`${name} is widely used for ${known}`] : flags.map(({ finding }) => finding),
  };
}

interface Name {
  readonly host: string;
  /** The part that somebody registered. */
  readonly name: string;
  readonly suffix: string;
}

interface Suspicion {
  readonly finding: string;
  readonly cost: number;
  readonly holds: (name: Name) => boolean;
}

const suspicions: readonly Suspicion[] = [
  {
    finding: 'it is written in punycode: it may look like another name',
    cost: 30,
    holds: ({ host }) => /(^|\.)xn--/.test(host),
  },
  {
    finding: 'anybody can have a name under this suffix within minutes',
    cost: 20,
    holds: ({ suffix }) => suffix.includes('.') && !/^(co|com|org|net|ac|gov|edu|or|ne)\./.test(suffix),
  },
  {
    finding: 'its ending is one that abuse reports name often',
    cost: 20,
    holds: ({ suffix }) => oftenAbused.has(suffix),
  },
  {
    finding: 'it receives what is sent to it and shows it to whoever made the address',
    cost: 40,
    holds: ({ host }) =>
      /(^|[.-])(webhook|requestbin|pastebin|ngrok|interact|burpcollaborator|pipedream|hookbin)/.test(host),
  },
  {
    finding: 'its name is long or has many digits, as generated names do',
    cost: 15,
    holds: ({ name }) => (name.split('.')[0] ?? '').length > 24 || (name.match(/\d/g) ?? []).length > 4,
  },
  { finding: 'it has many levels', cost: 5, holds: ({ host }) => host.split('.').length > 4 },
];

const oftenAbused = new Set([
  'zip',
  'mov',
  'top',
  'xyz',
  'tk',
  'ml',
  'ga',
  'cf',
  'gq',
  'click',
  'link',
  'work',
  'rest',
  'cam',
]);

const categoryOf = (host: string): string => hints.find(([pattern]) => pattern.test(host))?.[1] ?? 'other';

const hints: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)(docs?|developer|dev|learn|wiki|help|support)\./, 'documentation'],
  [/(^|\.)(api|graphql|rest)\./, 'api'],
  [/(^|\.)(cdn|static|assets|download|dl|files)\./, 'content'],
  [/(^|\.)(registry|packages|repo|mirror|git)\./, 'development'],
  [/(^|\.)(mail|smtp|chat|hooks)\./, 'communication'],
  [/\.(gov|gov\.[a-z]{2}|europa\.eu|bund\.de)$/, 'government'],
  [/\.(edu|ac\.[a-z]{2})$/, 'research'],
  [/(news|zeitung|press|magazine)/, 'news'],
  [/(^|\.)(shop|store|pay|checkout)/, 'commerce'],
];

const wellKnown: Readonly<Record<string, string>> = {
  'github.com': 'development',
  'githubusercontent.com': 'development',
  'gitlab.com': 'development',
  'npmjs.org': 'development',
  'npmjs.com': 'development',
  'pypi.org': 'development',
  'crates.io': 'development',
  'stackoverflow.com': 'development',
  'mozilla.org': 'documentation',
  'nodejs.org': 'documentation',
  'typescriptlang.org': 'documentation',
  'wikipedia.org': 'reference',
  'wikidata.org': 'reference',
  'openai.com': 'ai',
  'anthropic.com': 'ai',
  'openrouter.ai': 'ai',
  'arxiv.org': 'research',
  'europa.eu': 'government',
  'destatis.de': 'government',
  'stripe.com': 'commerce',
  'paypal.com': 'commerce',
  'slack.com': 'communication',
  'mailchimp.com': 'marketing',
  'google.com': 'search',
  'bing.com': 'search',
  'duckduckgo.com': 'search',
  'reuters.com': 'news',
  'tagesschau.de': 'news',
};
