import type Dockerode from 'dockerode';
import type { Network, NetworkInspectInfo } from 'dockerode';
import { agentName, labels } from './docker-names.ts';
import { unless } from './docker-status.ts';
import { type AddressRange, firstFreeSubnet, parseCidr, type Subnet } from './docker-subnets.ts';

export interface AgentNetwork {
  readonly name: string;
  /** The bridge's address: the host's in this network. */
  readonly gateway: string;
  readonly subnet: string;
}

export interface AgentNetworks {
  /** The agent's own network, made when it is not there. It stays for the agent's later lives. */
  ensure(agentType: string, gatewayIs: GatewayPlace): Promise<AgentNetwork>;
}

/** Only a gateway on the host needs an address of the host in the agents' networks. */
type GatewayPlace = 'host' | 'container';

export interface NetworkOptions {
  readonly docker: Dockerode;
  readonly teamId: string;
  /** Where the agents' subnets are cut from, as CIDR. */
  readonly agentSubnets: string;
}

/**
 * Takes the host's address out of the bridge, and with it every port that other programs on the host listen on at all
 * addresses: `Internal` alone leaves these open.
 */
const withoutHost = 'com.docker.network.bridge.inhibit_ipv4';

interface Made {
  readonly name: string;
  readonly network: Network;
}

/** An engine can hold an address range that no network of its list shows; so many we walk past before we give up. */
const attemptsMax = 16;

/**
 * One small internal network for each agent: there is no way out of it, and the gateway is its only neighbour.
 * They are looked up by name every time, never remembered: somebody may prune networks while no agent runs.
 */
export function createAgentNetworks({ docker, teamId, agentSubnets }: NetworkOptions): AgentNetworks {
  const range = rangeOf(agentSubnets);
  let lastMade: Promise<unknown> = Promise.resolve();

  async function find(agentType: string, gatewayIs: GatewayPlace): Promise<AgentNetwork | undefined> {
    const name = agentName(teamId, agentType);
    const found = await docker.getNetwork(name).inspect().catch(unless(404));
    if (!found) return undefined;
    const addresses = addressesOf(found, { teamId, agentType });
    if (placeIn(found) === gatewayIs) return { name, ...addresses };
    if (Object.keys(found.Containers ?? {}).length > 0)
      throw new Error(
        `The network ${name} was made for an orchestrator on the ${placeIn(found)}, and containers are in it: remove them, and it is made anew`,
      );
    // By its id: by its name, it could be the one that another has made in its place meanwhile.
    await docker.getNetwork(found.Id).remove().catch(unless(404));
    return undefined;
  }

  async function make(agentType: string, gatewayIs: GatewayPlace): Promise<AgentNetwork> {
    const taken = (await docker.listNetworks()).flatMap(subnetsOf);
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const found = await find(agentType, gatewayIs);
      if (found) return found;
      const subnet = firstFreeSubnet(range, taken);
      if (!subnet) throw new Error(`No free /29 is left in ${agentSubnets} for the network of ${agentType}`);
      // Taken from now on, be it by us or, as a refusal tells, by something the list did not show.
      taken.push(subnet);
      const made = await create(agentType, subnet, gatewayIs).catch(unless(403, 409));
      if (made && !(await hasTwin(made))) return { name: made.name, gateway: subnet.gateway, subnet: subnet.cidr };
    }
    throw new Error(`The network of ${agentType} could not be made in ${agentSubnets}: see the engine’s log`);
  }

  async function create(agentType: string, subnet: Subnet, gatewayIs: GatewayPlace): Promise<Made> {
    const name = agentName(teamId, agentType);
    const network = await docker.createNetwork({
      Name: name,
      CheckDuplicate: true,
      Driver: 'bridge',
      Internal: true,
      Options: gatewayIs === 'container' ? { [withoutHost]: 'true' } : {},
      IPAM: { Driver: 'default', Config: [{ Subnet: subnet.cidr, Gateway: subnet.gateway }] },
      Labels: { [labels.team]: teamId, [labels.agent]: agentType },
    });
    return { name, network };
  }

  /** Older engines check for a twin, but let two pass that are made at the same moment. Whoever sees the other steps back. */
  async function hasTwin({ name, network }: Made): Promise<boolean> {
    const namesakes = await docker.listNetworks({ filters: { name: [name] } });
    const isAlone = namesakes.every(({ Name, Id }) => Name !== name || Id === network.id);
    if (!isAlone) await network.remove();
    return !isAlone;
  }

  return {
    async ensure(agentType, gatewayIs) {
      const found = await find(agentType, gatewayIs);
      if (found) return found;
      // One after the other: agents that start together would all pick the same free subnet.
      const made = lastMade.then(() => make(agentType, gatewayIs));
      lastMade = made.catch(() => 'the caller of this one hears of it');
      return made;
    },
  };
}

const placeIn = ({ Options }: NetworkInspectInfo): GatewayPlace =>
  Options?.[withoutHost] === 'true' ? 'container' : 'host';

function rangeOf(agentSubnets: string): AddressRange {
  const range = parseCidr(agentSubnets);
  if (range) return range;
  throw new Error(`agentSubnets is "${agentSubnets}": it must be an IPv4 range such as 10.231.0.0/16`);
}

const subnetsOf = (network: NetworkInspectInfo): AddressRange[] =>
  (network.IPAM?.Config ?? []).flatMap(({ Subnet: cidr }) => parseCidr(cidr ?? '') ?? []);

/** Throws when it isn't the network we would have made: an agent in it could reach the world. */
function addressesOf(network: NetworkInspectInfo, owner: { teamId: string; agentType: string }) {
  const { Gateway: gateway, Subnet: subnet } = network.IPAM?.Config?.[0] ?? {};
  const isOurs = network.Labels?.[labels.team] === owner.teamId && network.Labels?.[labels.agent] === owner.agentType;
  if (!isOurs || !network.Internal || network.Driver !== 'bridge' || gateway === undefined || subnet === undefined)
    throw new Error(
      `The network ${network.Name} is not ours, or not internal: remove it and it is made anew (docker network rm ${network.Name})`,
    );
  return { gateway, subnet };
}
