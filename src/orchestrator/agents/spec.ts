import { hashSecret } from '../platform/identity.ts';
import type { Profile } from './profiles.ts';
import type { GatewayAddress, InstanceSpec, Runtime } from './runtime.ts';
import type { AgentRow } from './store.ts';

/** What an agent is started with, and the hash by which a running container is known to be still right. */
export interface SpecBuilder {
  hash(agent: Pick<AgentRow, 'type' | 'generation'>, profile: Profile): Promise<string>;
  build(profile: Profile, life: { instanceId: string; specHash: string; token: string }): Promise<InstanceSpec>;
  /** Its network or its image may have been taken away by hand: prepare it anew at the next look. */
  forget(agentType: string): void;
  /** Image or bundle may be another one by now. */
  refresh(): void;
}

interface Deps {
  readonly runtime: Runtime;
  readonly gatewayPort: number;
  /** The gateway has to listen here before the agent calls. */
  readonly onAddress: (agentType: string, address: GatewayAddress) => void;
}

export function createSpecBuilder({ runtime, gatewayPort, onAddress }: Deps): SpecBuilder {
  const addresses = new Map<string, GatewayAddress>();
  let artifact: string | undefined;

  async function environment(agentType: string): Promise<Record<string, string>> {
    const address = addresses.get(agentType) ?? (await runtime.gatewayFor(agentType));
    addresses.set(agentType, address);
    onAddress(agentType, address);
    const { reachableHost } = address;
    return {
      BOARDROOM_URL: `http://${reachableHost}:${gatewayPort}`,
      BOARDROOM_AGENT: agentType,
    };
  }

  return {
    async hash(agent, profile) {
      artifact ??= await runtime.artifact();
      const parts = [artifact, profile.hash, agent.generation, profile.resources, await environment(agent.type)];
      return hashSecret(JSON.stringify(parts)).slice(0, 16);
    },
    forget(agentType) {
      addresses.delete(agentType);
      artifact = undefined;
    },
    refresh() {
      artifact = undefined;
    },
    async build(profile, { instanceId, specHash, token }) {
      return {
        instanceId,
        agentType: profile.type,
        specHash,
        environment: { ...(await environment(profile.type)), BOARDROOM_TOKEN: token },
        resources: profile.resources,
      };
    },
  };
}
