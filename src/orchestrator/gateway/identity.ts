import { AppError } from '../../contracts/errors.ts';
import type { InstanceService } from '../agents/instances.ts';
import type { Lives } from '../agents/lives.ts';
import type { Profile, Profiles } from '../agents/profiles.ts';
import type { Actor, UnitOfWork } from '../events/work.ts';

/** An agent, known by the token of its life and by nothing it says. */
export interface AgentCaller {
  readonly actor: Actor;
  readonly instanceId: string;
  readonly profile: Profile;
}

export type AgentIdentity = ReturnType<typeof createAgentIdentity>;

interface Deps {
  readonly instances: InstanceService;
  readonly unitOfWork: UnitOfWork;
  readonly profiles: Profiles;
  readonly lives: Lives;
  readonly onRefused: (reason: 'unknown_token' | 'dead_token' | 'operator_api') => void;
}

export function createAgentIdentity({ instances, unitOfWork, profiles, lives, onRefused }: Deps) {
  const record = (agentType: string, summary: string) =>
    unitOfWork((work) => lives.note(work, agentType, { actionType: 'refused', summary }));

  return {
    /** Throws when the token is unknown, or its life has ended; the latter is recorded, for somebody kept the token. */
    async identify(authorization: string | undefined): Promise<AgentCaller> {
      const [, token] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
      const found = token === undefined ? undefined : await instances.byToken(token);
      if (!found) {
        onRefused('unknown_token');
        throw new AppError(
          'unauthenticated',
          'Send the token of your container as Authorization: Bearer <BOARDROOM_TOKEN>',
        );
      }
      const { instance, agentId } = found;
      const { agentType } = instance;
      if (instance.endedAt !== null) {
        onRefused('dead_token');
        await record(agentType, `the token of the ended instance ${instance.id} was used`);
        throw new AppError('unauthenticated', 'This token died with its container');
      }
      const profile = profiles.get(agentType);
      if (!profile) throw new AppError('not_allowed', `The profile of ${agentType} has been removed`);
      return { actor: { name: agentType, agentId }, instanceId: instance.id, profile };
    },

    /** An agent's token at the operators' API: refused there in any case, and noted here. */
    async noteOperatorAttempt(token: string, where: string): Promise<void> {
      onRefused('operator_api');
      const found = await instances.byToken(token);
      const path = where.split('?')[0] ?? '';
      if (found) await record(found.instance.agentType, `tried the operators' API: ${path.slice(0, 200)}`);
    },
  };
}
