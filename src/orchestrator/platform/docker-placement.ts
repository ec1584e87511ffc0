import type Dockerode from 'dockerode';
import type { EndpointSettings } from 'dockerode';
import type { GatewayAddress } from '../agents/runtime.ts';
import type { AgentNetwork } from './docker-network.ts';
import { unless } from './docker-status.ts';

/** Where the orchestrator itself runs: on the engine's host, or in a container of that engine. */
export type Placement = { readonly kind: 'host' } | { readonly kind: 'container'; readonly containerId: string };

/** By default a container's host name is the beginning of its id. A host may be called like that too, so the engine is asked. */
export async function findPlacement(docker: Dockerode, hostname: string): Promise<Placement> {
  if (!/^[0-9a-f]{12,64}$/.test(hostname)) return { kind: 'host' };
  const found = await docker.getContainer(hostname).inspect().catch(unless(404));
  if (!found?.Id.startsWith(hostname) || found.Config.Hostname !== hostname || !found.State.Running)
    return { kind: 'host' };
  return { kind: 'container', containerId: found.Id };
}

/** The name an agent calls a gateway container by. */
const gatewayAlias = 'gateway';

/** From the host we are the bridge's address; from a container we join the agent's network first. */
export async function gatewayIn(
  docker: Dockerode,
  network: AgentNetwork,
  placement: Placement,
): Promise<GatewayAddress> {
  switch (placement.kind) {
    case 'host':
      return { listenHost: network.gateway, reachableHost: network.gateway, network: network.subnet };
    case 'container':
      return {
        listenHost: await join(docker, network, placement.containerId),
        reachableHost: gatewayAlias,
        network: network.subnet,
      };
  }
}

async function join(docker: Dockerode, { name }: AgentNetwork, containerId: string): Promise<string> {
  const before = await endpointOf(docker, name, containerId);
  if (isGateway(before)) return before.IPAddress;
  const network = docker.getNetwork(name);
  if (before) await network.disconnect({ Container: containerId });
  await network.connect({ Container: containerId, EndpointConfig: { Aliases: [gatewayAlias] } });
  const after = await endpointOf(docker, name, containerId);
  if (!isGateway(after)) throw new Error(`Joined the network ${name}, but have no address in it`);
  return after.IPAddress;
}

async function endpointOf(docker: Dockerode, network: string, containerId: string) {
  const self = await docker.getContainer(containerId).inspect();
  const endpoints: Readonly<Record<string, EndpointSettings | undefined>> = self.NetworkSettings.Networks;
  return endpoints[network];
}

const isGateway = (endpoint: EndpointSettings | undefined): endpoint is EndpointSettings & { IPAddress: string } =>
  Boolean(endpoint?.IPAddress) && (endpoint?.Aliases ?? []).includes(gatewayAlias);
