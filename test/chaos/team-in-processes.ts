import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Team } from './team.ts';

interface Where {
  readonly home: string;
  readonly gatewayPort: number;
}

/** Found by the markers in their environment (Linux only), whatever the orchestrator's own records say. */
export function teamInProcesses({ home, gatewayPort }: Where): Team {
  async function find() {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const found = await Promise.all(pids.map((pid) => look(pid, gatewayPort)));
    return found.filter((member) => member !== undefined).sort((a, b) => a.agentType.localeCompare(b.agentType));
  }
  return {
    members: async () => (await find()).map(({ pid: _pid, ...member }) => member),
    logOf: ({ agentType }) => readFile(join(home, 'logs', `${agentType}.log`), 'utf8'),
    async kill({ containerId }) {
      for (const member of await find()) if (member.containerId === containerId) process.kill(member.pid, 'SIGKILL');
    },
    async remove() {
      for (const { pid } of await find()) process.kill(pid, 'SIGKILL');
    },
  };
}

async function look(pid: string, gatewayPort: number) {
  // A process that ends during the look is one that does not run.
  const read = (name: string) => readFile(join('/proc', pid, name), 'utf8').catch(() => '');
  const [environment, stat] = [await read('environ'), await read('stat')];
  const [, instance] = /BOARDROOM_INSTANCE=(\w+)/.exec(environment) ?? [];
  const [, agentType] = /BOARDROOM_AGENT=([\w-]+)/.exec(environment) ?? [];
  if (instance === undefined || agentType === undefined || !environment.includes(`:${gatewayPort}\0`)) return undefined;
  // Behind the name in parentheses: the state, and eighteen fields later the time of its start.
  const [state = 'X', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const running = !'ZX'.includes(state);
  return { pid: Number(pid), agentType, containerId: `proc_${instance}`, startedAt: fields[18] ?? '', running };
}
