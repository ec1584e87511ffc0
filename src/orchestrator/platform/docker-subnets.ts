/** A range of IPv4 addresses, both ends included. */
export interface AddressRange {
  readonly first: number;
  readonly last: number;
}

/** `undefined` when it is not IPv4: Docker lists IPv6 subnets alongside. */
export function parseCidr(cidr: string): AddressRange | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (!match) return undefined;
  const [a, b, c, d, bits] = match.slice(1).map(Number);
  if (a === undefined || b === undefined || c === undefined || d === undefined || bits === undefined) return undefined;
  if (bits > 32 || [a, b, c, d].some((octet) => octet > 255)) return undefined;
  const size = 2 ** (32 - bits);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const first = address - (address % size);
  return { first, last: first + size - 1 };
}

const formatAddress = (address: number): string =>
  [2 ** 24, 2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(address / unit) % 256).join('.');

/** /29: six hosts. The bridge, the gateway container, the agent, its successor; two to spare. */
const subnetBits = 29;
const subnetSize = 2 ** (32 - subnetBits);

export interface Subnet extends AddressRange {
  readonly cidr: string;
  /** Its first host address: the bridge's. */
  readonly gateway: string;
}

/** The first subnet of `range` that touches nothing of `taken`. */
export function firstFreeSubnet(range: AddressRange, taken: readonly AddressRange[]): Subnet | undefined {
  for (let first = range.first; first + subnetSize - 1 <= range.last; first += subnetSize) {
    const last = first + subnetSize - 1;
    if (taken.some((other) => other.first <= last && other.last >= first)) continue;
    return { first, last, cidr: `${formatAddress(first)}/${subnetBits}`, gateway: formatAddress(first + 1) };
  }
  return undefined;
}
