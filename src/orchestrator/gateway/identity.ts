import { AppError } from '../../contracts/errors.ts';
import type { Permissions } from '../../contracts/profile.ts';
import type { InstanceService } from '../agents/instances.ts';
import type { Profile, Profiles } from '../agents/profiles.ts';
import type { Actor } from '../events/work.ts';
import { hashSecret } from '../platform/identity.ts';
import type { Incidents } from './incidents.ts';

/** An agent, known by the token of its life and by nothing it says. */
export interface AgentCaller {
  readonly actor: Actor;
  readonly instanceId: string;
  /** With the permissions that the operator has left it. */
  readonly profile: Profile;
}

type Found = NonNullable<Awaited<ReturnType<InstanceService['byToken']>>>;

const isAlive = ({ instance, pausedBy }: Found): boolean => instance.endedAt === null && pausedBy === null;
const cutMax = 1_000;

/** For thinking and for the way out: an event forgets the token before, unless the news is late. */
export const recentMs = 1_000;

export type AgentIdentity = ReturnType<typeof createAgentIdentity>;

interface Deps {
  readonly instances: InstanceService;
  readonly profiles: Profiles;
  readonly incidents: Incidents;
  /** What is left of its profile's permissions; asked anew for each call. */
  readonly permissionsOf: (profile: Profile) => Permissions;
  /** Milliseconds of a clock that does not jump. */
  readonly monotonic: () => number;
  readonly onRefused: (reason: 'unknown_token' | 'dead_token' | 'paused' | 'foreign_token' | 'operator_api') => void;
}

export function createAgentIdentity(deps: Deps) {
  const { instances, profiles, incidents, permissionsOf, monotonic, onRefused } = deps;
  /** Tokens that were alive when we last looked, by what is stored of them: one for each agent, about. */
  const recent = new Map<string, { readonly found: Found; readonly at: number }>();
  /** Lives of which we have heard that they end: a look that began before must not be remembered after. */
  const cut = new Set<string>();

  async function look(token: string, maxAgeMs: number): Promise<Found | undefined> {
    const key = hashSecret(token);
    const known = recent.get(key);
    if (known && monotonic() - known.at < maxAgeMs) return known.found;
    const at = monotonic();
    const found = await instances.byToken(token);
    if (found && isAlive(found) && !cut.has(found.instance.id)) recent.set(key, { found, at });
    else recent.delete(key);
    return found;
  }

  return {
    /**
     * Throws when the token is unknown, its life has ended, or another agent brings it; the latter two are recorded, for
     * somebody kept or took the token. `from` is the agent whose network the call came from, where that can be told.
     * `maxAgeMs`: a look so recent is good enough; for what changes nothing here, and is cut when the life ends.
     */
    async identify(authorization: string | undefined, from: string | undefined, maxAgeMs = 0): Promise<AgentCaller> {
      const [, token] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
      const found = token === undefined ? undefined : await look(token, maxAgeMs);
      if (!found) {
        onRefused('unknown_token');
        throw new AppError(
          'unauthenticated',
          'Send the token of your container as Authorization: Bearer <BOARDROOM_TOKEN>',
        );
      }
      const { instance, agentId, pausedBy } = found;
      const { agentType } = instance;
      if (instance.endedAt !== null) {
        onRefused('dead_token');
        await incidents.refused(agentType, 'dead_token', `the token of the ended instance ${instance.id} was used`);
        throw new AppError('unauthenticated', 'This token died with its container');
      }
      if (pausedBy !== null) {
        onRefused('paused');
        throw new AppError('unauthenticated', `${agentType} is paused by ${pausedBy}; its token is dead meanwhile`);
      }
      if (from !== undefined && from !== agentType) {
        onRefused('foreign_token');
        await incidents.refused(from, 'foreign_token', `used the token of ${agentType}`);
        throw new AppError('unauthenticated', 'This token belongs to another container');
      }
      const profile = profiles.get(agentType);
      if (!profile) throw new AppError('not_allowed', `The profile of ${agentType} has been removed`);
      const caller = { actor: { name: agentType, agentId }, instanceId: instance.id };
      return { ...caller, profile: { ...profile, permissions: permissionsOf(profile) } };
    },

    /** The life has ended or is paused: its token is looked up again. */
    forget(instanceId: string): void {
      cut.add(instanceId);
      for (const old of cut) if (cut.size > cutMax) cut.delete(old);
      for (const [key, { found }] of recent) if (found.instance.id === instanceId) recent.delete(key);
    },

    /** An agent's token at the operators' API: refused there in any case, and noted here. */
    async noteOperatorAttempt(token: string, where: string): Promise<void> {
      onRefused('operator_api');
      const found = await instances.byToken(token);
      const path = where.split('?')[0] ?? '';
      if (found)
        await incidents.refused(
          found.instance.agentType,
          'operator_api',
          `tried the operators' API: ${path.slice(0, 200)}`,
        );
    },
  };
}
