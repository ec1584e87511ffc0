import { lookup, Resolver } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

/** Where a name leads, looked up once: the connection goes to this very address, whatever the name says a moment later. */
export type Resolved =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'private' }
  | { readonly kind: 'unknown' };

/** Every address of a name; rejects when there is none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Asks these servers (`10.0.0.53`, `10.0.0.53:5353`); without any, as the machine does for everything else. */
export function createResolve(nameServers: readonly string[]): Resolve {
  if (nameServers.length === 0) return systemResolve;
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  resolver.setServers(nameServers);
  return async (host) => {
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  };
}

/** Answers that are so old are asked for again; a page's many connections are one question. */
const answerMs = 1_000;
const answersMax = 1_000;

/** What a name's answer was a moment ago; it is looked at anew each time, whether it may be connected to. */
export function remembering(resolve: Resolve, monotonic: () => number): Resolve {
  const known = new Map<string, { readonly answer: Promise<readonly string[]>; readonly at: number }>();
  return (host) => {
    const entry = known.get(host);
    if (entry && monotonic() - entry.at < answerMs) return entry.answer;
    const answer = resolve(host);
    known.delete(host);
    known.set(host, { answer, at: monotonic() });
    // A failure may be over in a moment.
    answer.catch(() => known.delete(host));
    for (const old of known.keys()) if (known.size > answersMax) known.delete(old);
    return answer;
  };
}

const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true, order: 'ipv4first' })).map(({ address }) => address);

/** What it takes to tell where a name leads. */
export interface Look {
  readonly resolve: Resolve;
  readonly ownAddresses: OwnAddresses;
}

/** A name with one private address among public ones is a trap or a mistake; neither is gone through. */
export async function resolveTarget(
  { resolve, ownAddresses }: Look,
  host: string,
  isInternal: boolean,
): Promise<Resolved> {
  let found: readonly string[];
  try {
    found = await resolve(host);
  } catch {
    return { kind: 'unknown' };
  }
  const [address] = found;
  if (address === undefined) return { kind: 'unknown' };
  if (isInternal) return { kind: 'address', address };
  const own = ownAddresses();
  if (!found.every((each) => isPublic(each, own))) return { kind: 'private' };
  return { kind: 'address', address };
}

const globalUnicast = ipaddr.parseCIDR('2000::/3');

/** On the internet, and not this machine under its public address. Everything that is not known to be public is private. */
export function isPublic(address: string, own: ReadonlySet<string>): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address in IPv6's clothes is what it is inside.
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast' || own.has(parsed.toString())) return false;
  return parsed.kind() === 'ipv4' || parsed.match(globalUnicast);
}

/** Of this machine, under whatever address somebody may name it. */
export type OwnAddresses = () => ReadonlySet<string>;

export const systemAddresses: OwnAddresses = () =>
  new Set(
    Object.values(networkInterfaces())
      .flat()
      .map((own) => ipaddr.process(own?.address ?? '::').toString()),
  );

/** With a network for each agent, to ask the system takes longer than all else that a connection is asked. */
export function rememberingOwn(read: OwnAddresses, monotonic: () => number): OwnAddresses {
  let known: { readonly addresses: ReadonlySet<string>; readonly at: number } | undefined;
  return () => {
    if (!known || monotonic() - known.at >= answerMs) known = { addresses: read(), at: monotonic() };
    return known.addresses;
  };
}
