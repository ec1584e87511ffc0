import { hashSecret } from '../platform/identity.ts';
import { missingOf, type SecretOf, variablesFor } from '../secrets/rules.ts';
import type { Profile } from './profiles.ts';
import type { GatewayAddress, InstanceSpec, Runtime } from './runtime.ts';
import type { AgentRow } from './store.ts';

/** What an agent is started with, and the hash by which a running container is known to be still right. */
export interface SpecBuilder {
  hash(agent: Pick<AgentRow, 'type' | 'generation'>, profile: Profile): Promise<string>;
  build(profile: Profile, life: { instanceId: string; specHash: string; token: string }): Promise<InstanceSpec>;
  /** Names of secrets that its profile lists and nobody has set. */
  missing(profile: Profile): readonly string[];
  /** Its network or its image may have been taken away by hand: prepare it anew at the next look. */
  forget(agentType: string): void;
  /** Image or bundle may be another one by now. */
  refresh(): void;
}

interface Deps {
  readonly runtime: Runtime;
  readonly gatewayPort: number;
  readonly egressPort: number;
  readonly secretOf: SecretOf;
  /** The gateway has to listen here before the agent calls. */
  readonly onAddress: (agentType: string, address: GatewayAddress) => void;
}

export function createSpecBuilder({ runtime, gatewayPort, egressPort, secretOf, onAddress }: Deps): SpecBuilder {
  const addresses = new Map<string, GatewayAddress>();
  let artifact: string | undefined;

  async function addressFor(agentType: string): Promise<GatewayAddress> {
    const address = addresses.get(agentType) ?? (await runtime.gatewayFor(agentType));
    addresses.set(agentType, address);
    onAddress(agentType, address);
    return address;
  }

  return {
    async hash(agent, profile) {
      const { reachableHost } = await addressFor(agent.type);
      // Read out at once: while one waits for anything, another may have it looked up anew.
      const made = artifact ?? (await runtime.artifact());
      artifact = made;
      const ports = [gatewayPort, egressPort];
      const lent = variablesFor(profile.secrets, secretOf);
      const parts = [made, profile.hash, agent.generation, profile.resources, reachableHost, ports, lent];
      return hashSecret(JSON.stringify(parts)).slice(0, 16);
    },
    missing: ({ secrets }) => missingOf(secrets, secretOf),
    forget(agentType) {
      addresses.delete(agentType);
      artifact = undefined;
    },
    refresh() {
      artifact = undefined;
    },
    async build(profile, { instanceId, specHash, token }) {
      const { reachableHost } = await addressFor(profile.type);
      return {
        instanceId,
        agentType: profile.type,
        specHash,
        environment: {
          ...variablesFor(profile.secrets, secretOf),
          BOARDROOM_URL: `http://${reachableHost}:${gatewayPort}`,
          BOARDROOM_AGENT: profile.type,
          BOARDROOM_TOKEN: token,
          ...proxyVariables(`http://${profile.type}:${token}@${reachableHost}:${egressPort}`, reachableHost),
        },
        ...(profile.image !== undefined && { image: profile.image }),
        hasCommand: profile.command !== undefined,
        resources: profile.resources,
      };
    },
  };
}

/** In both spellings: some programs read only the small ones, for in CGI the large one can be set from outside. */
function proxyVariables(proxy: string, gatewayHost: string): Record<string, string> {
  const variables = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: `${gatewayHost},127.0.0.1,localhost` };
  const small = Object.entries(variables).map(([name, value]) => [name.toLowerCase(), value]);
  return { ...variables, ...Object.fromEntries(small) };
}
