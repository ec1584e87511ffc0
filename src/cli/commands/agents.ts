import type { Answer, Client } from '../../contracts/client.ts';
import type { Format, Screen } from '../text/screen.ts';
import { duration } from '../text/time.ts';
import type { Register } from './register.ts';

type Agent = Answer<'listAgents'>['agents'][number];
type Outcome = Answer<'startAgent'>;

const operations = [
  ['start', 'startAgent', 'have an agent running; clears its failures and lets go of its kill switch'],
  ['stop', 'stopAgent', 'have an agent stopped'],
  ['restart', 'restartAgent', "replace an agent's container"],
  ['pause', 'pauseAgent', 'kill switch for one agent: dead token, cut connections, no container'],
] as const;

const teamOperations = [
  ['stop-all', 'stopAllAgents', 'kill switch for the whole team; what was wanted is kept'],
  ['start-all', 'startAllAgents', 'let go of every kill switch; what was wanted before holds again'],
] as const;

/** `agents`, and what runs them. */
export const addAgentCommands: Register = (program, open) => {
  program
    .command('agents')
    .description('the team, or one agent of it')
    .argument('[type]', 'a role, such as cmo')
    .action(async (type) => {
      const { client, screen } = await open();
      await (type === undefined ? showTeam(client, screen) : showAgent(client, screen, type));
    });
  for (const [name, route, description] of operations) {
    program
      .command(name)
      .description(description)
      .argument('<type>', 'a role, such as cmo')
      .action(async (type) => {
        const { client, screen } = await open();
        screen.show(await client.call(route, { params: { type } }), ({ message }: Outcome) => message);
      });
  }
  for (const [name, route, description] of teamOperations) {
    program
      .command(name)
      .description(description)
      .action(async () => {
        const { client, screen } = await open();
        screen.show(await client.call(route), ({ message }) => message);
      });
  }
};

async function showTeam(client: Client, screen: Screen): Promise<void> {
  screen.show(await client.call('listAgents'), ({ agents }, format) => agentTable(agents, format));
}

async function showAgent(client: Client, screen: Screen, type: string): Promise<void> {
  const answer = await client.call('getAgent', { params: { type } });
  screen.show(answer, (agent, { fields, paint, time }) =>
    fields([
      ['agent', `${agent.type}  ${agent.name}`],
      ['status', `${paint(agent.status)}: ${agent.because}`],
      ['wanted', agent.pausedBy === null ? agent.desired : `${agent.desired}, but paused by ${agent.pausedBy}`],
      ['container', agent.containerId === null ? containerOf(agent) : `${containerOf(agent)} ${agent.containerId}`],
      ['heartbeat', time(agent.lastHeartbeat)],
      ['loops', `${agent.loopCount}, the last ${time(agent.lastLoopAt)}; every ${duration(agent.loopInterval)}`],
      ['focus', agent.currentFocus],
      ['works on', agent.currentLoop?.reasons.join(', ')],
      ['next try', agent.nextAttemptAt === null ? null : time(agent.nextAttemptAt)],
      ['last exits', agent.recentExits.map(({ at, reason }) => `${time(at)}  ${reason}`).join('\n')],
    ]),
  );
}

const agentTable = (agents: readonly Agent[], { table, time }: Format): string =>
  table(
    [
      { head: 'AGENT', cell: ({ type }) => type },
      { head: 'STATUS', cell: ({ status }) => status },
      { head: 'CONTAINER', cell: containerOf },
      { head: 'HEARTBEAT', cell: ({ lastHeartbeat }) => time(lastHeartbeat) },
      { head: 'NAME', cell: ({ name }) => name, kind: 'text' },
    ],
    agents,
  );

/** While the runtime does not answer it is the last known one. */
const containerOf = ({ containerStatus, stale }: Agent): string => (stale ? `${containerStatus}?` : containerStatus);
