import { labels } from '../../src/orchestrator/platform/docker-names.ts';
import { teamIn } from '../support/database.ts';
import { docker, removeTeam } from '../support/docker.ts';
import type { Team } from './team.ts';

export function teamInDocker(databaseUrl: string): Team {
  return {
    async members() {
      const label = [`${labels.team}=${await teamIn(databaseUrl)}`];
      const found = await docker.listContainers({ all: true, filters: { label } });
      const members = await Promise.all(
        found.map(async ({ Id, Labels }) => {
          const { State } = await docker.getContainer(Id).inspect();
          const agentType = Labels[labels.agent] ?? '';
          return { agentType, containerId: Id, startedAt: State.StartedAt, running: State.Running };
        }),
      );
      return members.sort((a, b) => a.agentType.localeCompare(b.agentType));
    },
    async logOf({ containerId }) {
      const raw = await docker.getContainer(containerId).logs({ stdout: true, stderr: true });
      let text = '';
      // Each piece has a header of eight bytes, the last four of which are its length.
      for (let at = 0; at < raw.length; ) {
        const end = at + 8 + raw.readUInt32BE(at + 4);
        text += raw.toString('utf8', at + 8, end);
        at = end;
      }
      return text;
    },
    kill: ({ containerId }) => docker.getContainer(containerId).kill({ signal: 'SIGKILL' }),
    remove: async () => removeTeam(await teamIn(databaseUrl)),
  };
}
