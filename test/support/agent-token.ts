import { readdir, readFile } from 'node:fs/promises';

interface AgentProcess {
  readonly pid: number;
  readonly token: string;
}

/** The agent's process, and its token out of its environment, as its own user can read it (Linux). */
export async function processOf({ gatewayUrl }: { gatewayUrl: string }, agentType: string): Promise<AgentProcess> {
  for (const entry of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = (await readFile(`/proc/${entry}/environ`, 'utf8').catch(() => '')).split('\0');
    const own =
      environment.includes(`BOARDROOM_URL=${gatewayUrl}`) && environment.includes(`BOARDROOM_AGENT=${agentType}`);
    const found = own ? environment.find((line) => line.startsWith('BOARDROOM_TOKEN=')) : undefined;
    if (found) return { pid: Number(entry), token: found.slice('BOARDROOM_TOKEN='.length) };
  }
  throw new Error(`no process of ${agentType}`);
}

export const tokenOf = async (room: { gatewayUrl: string }, agentType: string): Promise<string> =>
  (await processOf(room, agentType)).token;
