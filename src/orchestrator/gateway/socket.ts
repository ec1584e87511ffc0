import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { AppError } from '../../contracts/errors.ts';
import {
  type AgentFrame,
  agentFrameSchema,
  closeCodes,
  type GatewayFrame,
  gatewayPaths,
} from '../../contracts/gateway.ts';
import type { InstanceService } from '../agents/instances.ts';
import type { LoopService, StartedLoop } from '../agents/loops.ts';
import type { Profile } from '../agents/profiles.ts';
import { toAppError } from '../http/problem.ts';
import { refuseConnection } from '../http/refuse-connection.ts';
import type { Clock } from '../platform/clock.ts';
import { isUnavailable } from '../platform/postgres.ts';
import type { Allowance, Allowances } from './allowances.ts';
import type { AgentCaller, AgentIdentity } from './identity.ts';
import type { Neighbours } from './neighbours.ts';

interface Deps {
  readonly identity: AgentIdentity;
  readonly allowances: Allowances;
  readonly neighbours: Neighbours;
  readonly loops: LoopService;
  readonly instances: InstanceService;
  readonly clock: Clock;
  readonly log: Logger;
  readonly heartbeatMs: number;
  /** The agent is idle now, or new: something may be due for it. */
  readonly onIdle: (agentType: string) => void;
  readonly onBeat: (instanceId: string) => void;
  readonly onLog: (caller: AgentCaller, lines: readonly string[]) => void;
  /** Without the secrets that the agent was given. */
  readonly mask: (caller: AgentCaller, text: string) => string;
  readonly onCount: (open: number) => void;
}

/** The agents' sockets of this replica. */
export interface AgentSockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Agent type → instance, of those that have said hello and wait for work. */
  connected(): ReadonlyMap<string, string>;
  wake(agentType: string, loop: StartedLoop): void;
  /** The life has ended: its connection is closed and stays refused. */
  end(instanceId: string): void;
  close(): void;
}

type Welcome = Extract<GatewayFrame, { type: 'welcome' }>;

interface Connection {
  readonly client: WebSocket;
  readonly caller: AgentCaller;
  /** One for its whole life: whoever waits for something waits no longer than this. */
  readonly gone: AbortSignal;
  greeted: boolean;
}

const frameBytesMax = 256 * 1024;
const unsentBytesMax = 1024 * 1024;
const helloMsMax = 10_000;
/** Who is sent away has this long to answer; his frames are not read any more. */
const closeTimeout = 1_000;
/** Frames read but not yet handled, after which no more are read: what waits meanwhile waits with the sender. */
const framesWaitingMax = 8;
const retryMs = 1_000;

export function createAgentSockets(deps: Deps): AgentSockets {
  const { identity, allowances, neighbours, loops, instances, clock, log, heartbeatMs } = deps;
  const options = { noServer: true, maxPayload: frameBytesMax, perMessageDeflate: false, closeTimeout };
  const server = new WebSocketServer(options);
  /** One per agent: a newer connection of the same life takes over. */
  const connections = new Map<string, Connection>();

  async function accept(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', (error) => log.debug({ err: error }, 'agent socket ended during the upgrade'));
    try {
      if (request.url !== gatewayPaths.socket) throw new AppError('not_found', `There is no socket at ${request.url}`);
      const from = neighbours.agentAt(request.socket.remoteAddress);
      const caller = await identity.identify(request.headers.authorization, from);
      const allowance = allowances.of(caller);
      allowance.openSocket();
      server.handleUpgrade(request, socket, head, (client) => {
        // Beneath the frames, where pings and empty fragments count as well.
        socket.on('data', ({ length }: Buffer) => {
          if (!allowance.bytes(length)) sendAway(client, closeCodes.flooding, 'too many bytes');
        });
        welcome(client, caller, allowance);
      });
    } catch (error) {
      refuseConnection(socket, toAppError(error));
    }
  }

  function welcome(client: WebSocket, caller: AgentCaller, allowance: Allowance): void {
    const agentType = caller.actor.name;
    const gone = new AbortController();
    client.once('close', () => gone.abort());
    const connection: Connection = { client, caller, gone: gone.signal, greeted: false };
    const former = connections.get(agentType)?.client;
    if (former) sendAway(former, closeCodes.superseded, 'a newer connection took over');
    connections.set(agentType, connection);
    deps.onCount(connections.size);
    // One frame after the other: a report must not overtake the hello.
    let last = Promise.resolve();
    let waiting = 0;
    client.on('message', (data, isBinary) => {
      if (client.readyState !== client.OPEN) return;
      if (!allowance.frame()) return sendAway(client, closeCodes.flooding, 'too many frames');
      waiting += 1;
      if (waiting >= framesWaitingMax) client.pause();
      const frame = isBinary ? undefined : parseFrame(String(data));
      last = last
        .then(() => receive(connection, frame))
        .catch((error: unknown) => {
          log.warn({ err: error, agentType }, 'a frame of the agent could not be handled; it will come again');
          client.close(1011, 'try again');
        })
        .finally(() => {
          waiting -= 1;
          if (waiting === 0 && client.readyState === client.OPEN) client.resume();
        });
    });
    client.on('error', (error) => log.debug({ err: error, agentType }, 'agent socket error'));
    client.on('close', () => void leave(connection));
    void expectHello(connection);
  }

  async function expectHello(connection: Connection): Promise<void> {
    await clock.sleep(helloMsMax, connection.gone);
    if (!connection.greeted) connection.client.close(closeCodes.protocolError, 'the first frame is hello');
  }

  async function receive(connection: Connection, frame: AgentFrame | undefined): Promise<void> {
    if (frame === undefined || connection.greeted === (frame.type === 'hello')) {
      return connection.client.close(closeCodes.protocolError, 'malformed, or out of turn');
    }
    switch (frame.type) {
      case 'hello':
        return greet(connection, frame.loopId);
      case 'heartbeat':
        return deps.onBeat(connection.caller.instanceId);
      case 'report':
        return report(connection, frame);
      case 'log':
        return deps.onLog(connection.caller, frame.lines);
    }
  }

  async function greet(connection: Connection, loopAtWork: string | null): Promise<void> {
    const { caller } = connection;
    await instances.noteConnected(caller.instanceId);
    const { name: agentType, agentId } = caller.actor;
    const { name, prompt } = caller.profile;
    const command = commandOf(caller.profile);
    send(connection, { type: 'welcome', agentId: agentId ?? '', agentType, name, prompt, heartbeatMs, ...command });
    connection.greeted = true;
    deps.onBeat(caller.instanceId);
    // A wake that was lost with the former connection is sent again; an agent at work on it ignores that.
    const loop = await loops.current(agentType, caller.instanceId);
    if (loop && loop.loopId !== loopAtWork) wake(agentType, loop);
    if (!loop) deps.onIdle(agentType);
  }

  async function report(connection: Connection, frame: Extract<AgentFrame, { type: 'report' }>): Promise<void> {
    const { actor, instanceId } = connection.caller;
    const told = { ...frame, summary: deps.mask(connection.caller, frame.summary) };
    await onceDatabaseAnswers(connection, () => loops.finish(actor, instanceId, told));
    send(connection, { type: 'report_ack', loopId: frame.loopId });
    deps.onIdle(actor.name);
  }

  /** For what is safe to repeat: an absence of the database costs no agent its socket. */
  async function onceDatabaseAnswers({ client, gone }: Connection, work: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await work();
        return;
      } catch (error) {
        if (!isUnavailable(error) || client.readyState !== client.OPEN) throw error;
        await clock.sleep(retryMs, gone);
      }
    }
  }

  function wake(agentType: string, loop: StartedLoop): void {
    const connection = connections.get(agentType);
    if (connection) send(connection, { type: 'wake', ...loop });
  }

  function send({ client }: Connection, frame: GatewayFrame): void {
    if (client.bufferedAmount > unsentBytesMax) return client.close(closeCodes.tooMuchUnsent, 'too slow');
    client.send(JSON.stringify(frame));
  }

  async function leave(connection: Connection): Promise<void> {
    const { actor, instanceId } = connection.caller;
    if (connections.get(actor.name) !== connection) return;
    connections.delete(actor.name);
    deps.onCount(connections.size);
    try {
      await instances.noteDisconnected(instanceId);
    } catch (error) {
      log.debug({ err: error }, 'the time of a disconnection was not noted');
    }
  }

  return {
    upgrade: (request, socket, head) => void accept(request, socket, head),
    connected: () =>
      new Map(
        [...connections.values()]
          .filter(({ greeted }) => greeted)
          .map(({ caller }) => [caller.actor.name, caller.instanceId]),
      ),
    wake,
    end(instanceId) {
      for (const { client, caller } of connections.values()) {
        if (caller.instanceId === instanceId) sendAway(client, closeCodes.ended, 'this life has ended');
      }
    },
    close() {
      // No code of ours: the agents are to come back.
      for (const client of server.clients) client.terminate();
    },
  };
}

function commandOf({ command: argv, commandTimeout, turnTimeout }: Profile): Pick<Welcome, 'command'> {
  return argv ? { command: { argv, timeoutMs: (commandTimeout ?? turnTimeout) * 1_000 } } : {};
}

/** What it still sends is not read: it could go on for as long as it does not answer. */
function sendAway(client: WebSocket, code: number, because: string): void {
  if (client.readyState !== client.OPEN) return;
  client.close(code, because);
  client.pause();
}

function parseFrame(text: string): AgentFrame | undefined {
  try {
    return agentFrameSchema.safeParse(JSON.parse(text)).data;
  } catch {
    // Not JSON: answered like every other malformed frame.
    return undefined;
  }
}
