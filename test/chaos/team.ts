import type pg from 'pg';
import { labels } from '../../src/orchestrator/platform/docker-names.ts';
import { docker } from '../support/docker.ts';

/** One agent as the engine shows it, whatever the orchestrator says. */
export interface Member {
  readonly agentType: string;
  readonly containerId: string;
  /** It has another with each life. */
  readonly startedAt: string;
  readonly running: boolean;
}

/** All containers of the team, the ended ones too, by role. */
export async function membersOf(teamId: string): Promise<Member[]> {
  const found = await docker.listContainers({ all: true, filters: { label: [`${labels.team}=${teamId}`] } });
  const members = await Promise.all(
    found.map(async ({ Id, Labels }) => {
      const { State } = await docker.getContainer(Id).inspect();
      const agentType = Labels[labels.agent] ?? '';
      return { agentType, containerId: Id, startedAt: State.StartedAt, running: State.Running };
    }),
  );
  return members.sort((a, b) => a.agentType.localeCompare(b.agentType));
}

/** The whole log as the engine has kept it. */
export async function logOf(containerId: string): Promise<string> {
  const raw = await docker.getContainer(containerId).logs({ stdout: true, stderr: true });
  let text = '';
  // Each piece has a header of eight bytes, the last four of which are its length.
  for (let at = 0; at < raw.length; ) {
    const length = raw.readUInt32BE(at + 4);
    text += raw.toString('utf8', at + 8, at + 8 + length);
    at += 8 + length;
  }
  return text;
}

/** Every loop that the tables know of a life has its beginning and its end in that life's log, once. */
export async function checkLogs(
  pool: pg.Pool,
  members: readonly Member[],
): Promise<{ lines: number; findings: string[] }> {
  const findings: string[] = [];
  let lines = 0;
  for (const { agentType, containerId } of members) {
    const messages = (await logOf(containerId)).trimEnd().split('\n').map(messageIn);
    lines += messages.length;
    const { rows } = await pool.query<{ id: string; status: string }>(
      `select l.id, l.status from agent_loops l join agent_instances i on i.id = l.instance_id
        where i.container_id = $1 and l.status in ('done', 'idle', 'failed')`,
      [containerId],
    );
    for (const { id, status } of rows) {
      const ends = messages.filter((message) => message === `loop ${id} ends: ${status}`).length;
      const begins = messages.filter((message) => message.startsWith(`loop ${id} begins`)).length;
      if (begins !== 1 || ends !== 1)
        findings.push(`the log of ${agentType} has ${begins} beginnings and ${ends} ends of loop ${id}`);
    }
  }
  return { lines, findings };
}

/** A line that is no JSON is one that was torn. */
function messageIn(line: string): string {
  try {
    return String(JSON.parse(line).msg);
  } catch {
    return `torn: ${line}`;
  }
}
