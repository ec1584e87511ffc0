import type pg from 'pg';

/** One agent as it is seen from outside, whatever the orchestrator says. */
export interface Member {
  readonly agentType: string;
  readonly containerId: string;
  /** It has another with each life. */
  readonly startedAt: string;
  readonly running: boolean;
}

export interface Team {
  /** All there are, ended ones too, by role. */
  members(): Promise<Member[]>;
  /** Its whole log as the runtime has kept it. */
  logOf(member: Member): Promise<string>;
  /** With SIGKILL. */
  kill(member: Member): Promise<void>;
  /** Ends and removes all of it. */
  remove(): Promise<void>;
}

/** Every loop that the tables know of a life has its beginning and its end in that life's log, once, and no line is torn. */
export async function checkLogs(pool: pg.Pool, team: Team): Promise<{ lines: number; findings: string[] }> {
  const findings: string[] = [];
  let lines = 0;
  for (const member of await team.members()) {
    const { agentType, containerId } = member;
    const messages = (await team.logOf(member)).trimEnd().split('\n').map(messageIn);
    lines += messages.length;
    const { rows } = await pool.query<{ id: string; status: string }>(
      `select l.id, l.status from agent_loops l join agent_instances i on i.id = l.instance_id
        where i.container_id = $1 and l.status in ('done', 'idle', 'failed')`,
      [containerId],
    );
    const torn = messages.filter((message) => message === undefined).length;
    if (torn > 0) findings.push(`the log of ${agentType} has ${torn} torn lines`);
    for (const { id, status } of rows) {
      const ends = messages.filter((message) => message === `loop ${id} ends: ${status}`).length;
      const begins = messages.filter((message) => message?.startsWith(`loop ${id} begins`)).length;
      if (begins !== 1 || ends !== 1)
        findings.push(`the log of ${agentType} has ${begins} beginnings and ${ends} ends of loop ${id}`);
    }
  }
  return { lines, findings };
}

function messageIn(line: string): string | undefined {
  try {
    return String(JSON.parse(line).msg);
  } catch {
    return undefined;
  }
}
