import { BlockList } from 'node:net';

/** Which agent an address belongs to: each has a network of its own, unless agents are local processes. */
export interface Neighbours {
  know(agentType: string, network: string): void;
  agentAt(address: string | undefined): string | undefined;
}

export function createNeighbours(): Neighbours {
  const homes = new Map<string, { readonly network: string; readonly holds: (address: string) => boolean }>();
  return {
    know(agentType, network) {
      if (homes.get(agentType)?.network === network) return;
      // Networks are made anew when somebody has pruned them, and may get the addresses that were another's.
      for (const [other, home] of homes) if (home.network === network) homes.delete(other);
      homes.set(agentType, { network, holds: addressesOf(network) });
    },
    agentAt(address = '') {
      for (const [agentType, { holds }] of homes) if (holds(address)) return agentType;
      return undefined;
    },
  };
}

/** Of a network as CIDR; IPv4, also where it is written as IPv6. */
export function addressesOf(network: string): (address: string) => boolean {
  const [base = '', bits] = network.split('/');
  const list = new BlockList();
  list.addSubnet(base, Number(bits), 'ipv4');
  return (address) => list.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}
