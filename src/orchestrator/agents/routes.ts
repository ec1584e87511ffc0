import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { Routes } from '../../contracts/routes.ts';
import {
  type Confirmation,
  type ContainerControl,
  pauseAgent,
  readAgentLogs,
  restartAgent,
  startAgent,
  startAllAgents,
  stopAgent,
  stopAllAgents,
  type TeamConfirmation,
} from '../container.ts';
import type { UnitOfWork } from '../events/work.ts';
import { type Handlers, Reply } from '../http/mount.ts';
import { serverSentEvents } from '../http/server-sent-events.ts';
import type { InboxService } from '../inbox/service.ts';
import { actorOf } from '../keys/service.ts';
import { noSuchAgent } from './find.ts';

interface Deps {
  readonly control: ContainerControl;
  readonly inbox: InboxService;
  readonly unitOfWork: UnitOfWork;
  readonly isAgent: (name: string) => boolean;
}

type AgentRoutes = Pick<
  Routes,
  | 'listAgents'
  | 'getAgent'
  | 'getAgentProfile'
  | 'listAgentLoops'
  | 'getAgentHistory'
  | 'getAgentEvents'
  | 'getAgentLogs'
  | 'startAgent'
  | 'stopAgent'
  | 'restartAgent'
  | 'pauseAgent'
  | 'stopAllAgents'
  | 'startAllAgents'
  | 'messageAgent'
>;

export function createAgentHandlers({ control, inbox, unitOfWork, isAgent }: Deps): Handlers<AgentRoutes> {
  const { agents } = control;
  const known = (type: string): string => {
    if (!isAgent(type)) throw noSuchAgent(type);
    return type;
  };

  return {
    listAgents: async ({ query }) => ({ agents: await agents.list(query.status) }),
    getAgent: ({ params }) => agents.get(known(params.type)),
    getAgentProfile: async ({ params }) => agents.profile(params.type),
    listAgentLoops: async ({ params, query }) => ({ loops: await agents.loops(known(params.type), query) }),
    getAgentHistory: async ({ params, query }) => ({ history: await agents.history(known(params.type), query) }),
    getAgentEvents: async ({ params, query }) => ({ events: await agents.events(known(params.type), query) }),
    getAgentLogs: ({ params, query }, response) =>
      streamLogs(control, { agentType: known(params.type), ...query }, response),
    startAgent: async ({ params, caller }) =>
      answer(`Agent ${params.type} started`, await startAgent(control, actorOf(caller), known(params.type))),
    stopAgent: async ({ params }) =>
      answer(`Agent ${params.type} stopped`, {
        ...(await stopAgent(control, known(params.type))),
        containerId: undefined,
      }),
    restartAgent: async ({ params }) =>
      answer(`Agent ${params.type} restarted`, await restartAgent(control, known(params.type))),
    pauseAgent: async ({ params, caller }) =>
      answer(`Agent ${params.type} paused`, await pauseAgent(control, actorOf(caller), known(params.type))),
    stopAllAgents: async ({ caller }) =>
      answerForAll('All agents stopped', await stopAllAgents(control, actorOf(caller))),
    startAllAgents: async ({ caller }) =>
      answerForAll('All agents are as wanted', await startAllAgents(control, actorOf(caller))),
    messageAgent: async ({ params, body, caller }) => {
      const message = { to: known(params.type), body: body.message, priority: body.priority };
      return { success: true, messageId: await unitOfWork((work) => inbox.send(work, actorOf(caller), message)) };
    },
  };
}

/** 200 when the runtime confirmed in time, else 202 with where the agent stands. */
function answer(message: string, { confirmed, phase, containerId }: Confirmation) {
  const body = { success: true as const, ...(containerId !== undefined && { containerId }) };
  if (confirmed) return { ...body, message };
  return new Reply(202, { ...body, message: `${message.replace(/ \w+$/, '')} is ${phase}`, phase });
}

function answerForAll(message: string, team: TeamConfirmation) {
  const agents = [...team].map(([type, { phase, confirmed }]) => ({ type, phase, confirmed }));
  const late = agents.filter(({ confirmed }) => !confirmed).map(({ type, phase }) => `${type} is ${phase}`);
  const body = { success: true as const, agents };
  return late.length === 0 ? { ...body, message } : new Reply(202, { ...body, message: late.join(', ') });
}

async function streamLogs(
  control: ContainerControl,
  { agentType, tail, follow }: { agentType: string; tail: number; follow: boolean },
  response: Response,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const lines = await readAgentLogs(control, agentType, { tail, follow, signal: gone.signal });
  if (follow) {
    response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.flushHeaders();
    await pipeline(lines, serverSentEvents(), response, { signal: gone.signal }).catch(unlessGone(gone.signal));
  } else {
    response.type('text/plain');
    await pipeline(lines, response);
  }
}

/** A client that leaves a stream it follows is how such a stream ends. */
const unlessGone = (signal: AbortSignal) => (error: unknown) => {
  if (!signal.aborted) throw error;
};
