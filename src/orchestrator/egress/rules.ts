import { isIP } from 'node:net';
import { internalCategory } from '../../contracts/domain.ts';
import { entryFor, hostOf } from '../domains/rules.ts';

/** Where an agent wants to go. */
export interface Target {
  /** In the whitelist's spelling. */
  readonly host: string;
  readonly port: number;
}

export const denials = {
  bad_target: 'it is no host name with a port',
  address: 'it is an address; only names can be allowed',
  port: 'only the ports 80 (HTTP) and 443 (HTTPS) are open',
  not_whitelisted: 'it is not on the whitelist',
  unresolvable: 'its name cannot be resolved',
  private_address: 'its name leads to an address inside this machine or network',
  wrong_server_name: 'the TLS server name differs from the host that was asked for',
  not_tls: 'what was sent is not TLS',
  secret_missing: 'the secret for it has no value yet, which only the operator can give',
  too_many: 'the agent has too many connections open',
  too_much: 'the agent has moved as many bytes as it may today',
} as const;
export type Denial = keyof typeof denials;

export type Ruling =
  | { readonly allowed: true; readonly target: Target; readonly entry: string; readonly isInternal: boolean }
  | { readonly allowed: false; readonly denial: Denial; readonly host: string };

const webPorts: ReadonlySet<number> = new Set([80, 443]);

/** `authority` as in a CONNECT line or a URL: `api.example.com:443`. `allowed`: whitelist entry → category. */
export function ruleOn(authority: string, allowed: ReadonlyMap<string, string>): Ruling {
  const [, name = '', digits = ''] = /^(.+):(\d{1,5})$/.exec(authority) ?? [];
  const port = Number(digits);
  const host = hostOf(name);
  const deny = (denial: Denial): Ruling => ({ allowed: false, denial, host: host ?? authority.slice(0, 253) });
  if (name.startsWith('[')) return deny('address');
  if (host === undefined || port < 1 || port > 65_535) return deny('bad_target');
  if (isIP(host)) return deny('address');
  const entry = entryFor((domain) => allowed.has(domain), host);
  if (entry === undefined) return deny('not_whitelisted');
  const isInternal = allowed.get(entry) === internalCategory;
  // A house's own services live on all kinds of ports; outside, other ports are other services than the one allowed.
  if (!isInternal && !webPorts.has(port)) return deny('port');
  return { allowed: true, target: { host, port }, entry, isInternal };
}

/** Whether somebody outside may fetch this for an agent: only what the agent could fetch, and nothing of the house. */
export function mayBeFetched(address: string, allowed: ReadonlyMap<string, string>): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, port } = new URL(address);
  const usual = { 'http:': '80', 'https:': '443' }[protocol];
  if (usual === undefined) return false;
  const ruling = ruleOn(`${hostname}:${port || usual}`, allowed);
  return ruling.allowed && !ruling.isInternal;
}

/** For the model that reads it: what happened, why, and what it can do. */
export function explain(host: string, denial: Denial): string {
  const said = `Boardroom refuses ${host}: ${denials[denial]}.`;
  return denial === 'not_whitelisted'
    ? `${said} A human has been asked; the answer comes to your inbox. Say why you need it with the tool request_domain.`
    : said;
}
