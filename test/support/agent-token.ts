import { readdir, readFile } from 'node:fs/promises';

/** Out of the environment of the agent's process, as its own user can read it (Linux). */
export async function tokenOf({ gatewayUrl }: { gatewayUrl: string }, agentType: string): Promise<string> {
  for (const entry of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = (await readFile(`/proc/${entry}/environ`, 'utf8').catch(() => '')).split('\0');
    const own =
      environment.includes(`BOARDROOM_URL=${gatewayUrl}`) && environment.includes(`BOARDROOM_AGENT=${agentType}`);
    const found = own ? environment.find((line) => line.startsWith('BOARDROOM_TOKEN=')) : undefined;
    if (found) return found.slice('BOARDROOM_TOKEN='.length);
  }
  throw new Error(`no process of ${agentType}`);
}
