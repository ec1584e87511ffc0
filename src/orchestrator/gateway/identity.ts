import { AppError } from '../../contracts/errors.ts';
import type { Permissions } from '../../contracts/profile.ts';
import type { InstanceService } from '../agents/instances.ts';
import type { Profile, Profiles } from '../agents/profiles.ts';
import type { Actor } from '../events/work.ts';
import type { Incidents } from './incidents.ts';

/** An agent, known by the token of its life and by nothing it says. */
export interface AgentCaller {
  readonly actor: Actor;
  readonly instanceId: string;
  /** With the permissions that the operator has left it. */
  readonly profile: Profile;
}

export type AgentIdentity = ReturnType<typeof createAgentIdentity>;

interface Deps {
  readonly instances: InstanceService;
  readonly profiles: Profiles;
  readonly incidents: Incidents;
  /** What is left of its profile's permissions; asked anew for each call. */
  readonly permissionsOf: (profile: Profile) => Permissions;
  readonly onRefused: (reason: 'unknown_token' | 'dead_token' | 'paused' | 'foreign_token' | 'operator_api') => void;
}

export function createAgentIdentity({ instances, profiles, incidents, permissionsOf, onRefused }: Deps) {
  return {
    /**
     * Throws when the token is unknown, its life has ended, or another agent brings it; the latter two are recorded, for
     * somebody kept or took the token. `from` is the agent whose network the call came from, where that can be told.
     */
    async identify(authorization: string | undefined, from: string | undefined): Promise<AgentCaller> {
      const [, token] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
      const found = token === undefined ? undefined : await instances.byToken(token);
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
