import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { type AgentFrame, agentFrameSchema, type GatewayFrame, gatewayPaths } from '../../src/contracts/gateway.ts';
import { serveTools, type ToolCallSeen } from './scripted-tools.ts';

type Report = Extract<AgentFrame, { type: 'report' }>;

/** One connection of the agent, as the gateway sees it. */
export interface AgentConnection {
  readonly authorization: string | undefined;
  readonly frames: AgentFrame[];
  readonly socket: WebSocket;
  /** Set when it is over. */
  closedWith: number | undefined;
}

/** A model call that the gateway refuses in its own words. */
export class ModelRefusal {
  readonly status: number;
  readonly detail: string;
  constructor(status: number, detail: string) {
    this.status = status;
    this.detail = detail;
  }
}

/** What the gateway does; tests change it while it runs. */
export interface Script {
  /** Milliseconds between heartbeats, as the welcome says. */
  heartbeatMs: number;
  /** What runs for each wake in the place of the built-in agent. */
  command: Extract<GatewayFrame, { type: 'welcome' }>['command'];
  /** An HTTP status to refuse upgrades with. */
  refuseUpgrade: number | undefined;
  /** Answers nothing, not even pings: a peer that is gone without a word. */
  mute: boolean;
  /** For answers of the model that are a status. */
  retryAfterSeconds: number | undefined;
  /** A string refuses. */
  tool: (name: string, input: Readonly<Record<string, unknown>>) => object | string;
  /** Answers a model call; what it returns is the whole body, a number is a status. */
  model: (request: unknown) => object | number | Promise<object | number>;
  /** Called with each request before and after it is handled; true cuts the connection. */
  cut: (moment: 'before' | 'after', path: string, body: string) => boolean;
}

export interface ScriptedGateway {
  readonly url: string;
  readonly script: Script;
  readonly connections: AgentConnection[];
  readonly toolCalls: ToolCallSeen[];
  readonly modelCalls: unknown[];
  send(frame: GatewayFrame): void;
  reports(): Report[];
  /** Stops listening and drops every connection; `listen` brings it back on the same port. */
  vanish(): Promise<void>;
  listen(): Promise<void>;
}

export const agentToken = 'token-of-this-instance';

export const nothingNew: Readonly<Record<string, object>> = {
  read_inbox: { messages: [], more: false },
  list_tasks: { tasks: [] },
  list_decisions: { decisions: [] },
  recall: { notes: [] },
};

/** What the gateway has seen, and what it is to do. */
type Scene = Pick<ScriptedGateway, 'script' | 'connections' | 'toolCalls' | 'modelCalls'>;

/** The agent's side of an orchestrator, with the protocols' own servers and nothing behind them. */
export async function startScriptedGateway(): Promise<ScriptedGateway> {
  const scene: Scene = { script: usualScript(), connections: [], toolCalls: [], modelCalls: [] };
  const http = createServer((request, response) => {
    handle(scene, request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });
  acceptAgents(scene, http);

  const listen = (port: number) => new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  await listen(0);
  // A listening TCP server has an address with a port.
  const { port } = http.address() as AddressInfo;

  return {
    ...scene,
    url: `http://127.0.0.1:${port}`,
    send: (frame) => scene.connections.at(-1)?.socket.send(JSON.stringify(frame)),
    reports: () => scene.connections.flatMap(({ frames }) => frames).filter((frame) => frame.type === 'report'),
    listen: () => listen(port),
    async vanish() {
      const closed = new Promise((resolve) => http.close(resolve));
      for (const { socket } of scene.connections) socket.terminate();
      http.closeAllConnections();
      await closed;
    },
  };
}

const usualScript = (): Script => ({
  heartbeatMs: 10_000,
  command: undefined,
  refuseUpgrade: undefined,
  mute: false,
  retryAfterSeconds: undefined,
  tool: (name) => nothingNew[name] ?? { done: true },
  model: () => ({ choices: [{ message: { role: 'assistant', content: 'All done.' } }] }),
  cut: () => false,
});

async function handle(scene: Scene, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '';
  const body = await bodyOf(request);
  if (scene.script.cut('before', path, body)) request.socket.destroy();
  else if (path === gatewayPaths.tools) await handleTool(scene, { request, response, body });
  else if (path === gatewayPaths.chatCompletions) await think(scene, { request, response, body });
  else response.writeHead(404).end();
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: string;
}

async function think({ script, modelCalls }: Scene, { request, response, body }: Exchange): Promise<void> {
  const asked: unknown = JSON.parse(body);
  modelCalls.push(asked);
  const answer = await script.model(asked);
  if (script.cut('after', gatewayPaths.chatCompletions, body)) request.socket.destroy();
  if (script.retryAfterSeconds !== undefined) response.setHeader('retry-after', script.retryAfterSeconds);
  const refused = answer instanceof ModelRefusal ? answer.status : 200;
  response.writeHead(typeof answer === 'number' ? answer : refused, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer));
}

/** Without sessions: a new server for each request. */
async function handleTool({ script, toolCalls }: Scene, { request, response, body }: Exchange): Promise<void> {
  const transport = await serveTools((call) => {
    toolCalls.push(call);
    const answer = script.tool(call.name, call.input);
    if (script.cut('after', gatewayPaths.tools, body)) request.socket.destroy();
    return answer;
  });
  response.on('close', () => void transport.close());
  await transport.handleRequest(request, response, body === '' ? undefined : JSON.parse(body));
}

function acceptAgents(scene: Scene, http: Server): void {
  const upgrades = new WebSocketServer({ noServer: true, autoPong: false });
  http.on('upgrade', (request, socket, head) => {
    // An agent of another test that lost its gateway may knock here, where the port is taken over.
    const isOurs = request.headers.authorization === `Bearer ${agentToken}`;
    const refuseUpgrade = isOurs ? scene.script.refuseUpgrade : 401;
    if (refuseUpgrade) socket.end(`HTTP/1.1 ${refuseUpgrade} No\r\ncontent-length: 0\r\n\r\n`);
    else
      upgrades.handleUpgrade(request, socket, head, (client) => accept(scene, client, request.headers.authorization));
  });
}

function accept({ script, connections }: Scene, socket: WebSocket, authorization: string | undefined): void {
  const connection: AgentConnection = { authorization, frames: [], socket, closedWith: undefined };
  connections.push(connection);
  socket.on('ping', (data) => script.mute || socket.pong(data));
  socket.on('close', (code) => {
    connection.closedWith = code;
  });
  socket.on('message', (data) => {
    const frame = agentFrameSchema.parse(JSON.parse(data.toString()));
    connection.frames.push(frame);
    if (frame.type === 'hello' && !script.mute) socket.send(JSON.stringify(welcome(script)));
  });
}

const welcome = ({ heartbeatMs, command }: Script): GatewayFrame => ({
  type: 'welcome',
  agentId: 'agt_1',
  agentType: 'cmo',
  name: 'Chief Marketing Officer',
  prompt: 'You make people understand what we do.',
  heartbeatMs,
  ...(command && { command }),
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
