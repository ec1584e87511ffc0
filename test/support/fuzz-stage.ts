import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminKey, quick } from './boardroom.ts';
import { createEmptyDatabase } from './database.ts';
import { freePort } from './free-port.ts';
import { complaintAbout } from './fuzz-judge.ts';
import type { FuzzRequest, FuzzRole } from './fuzz-requests.ts';
import type { Known } from './fuzz-values.ts';
import { createClient } from './http-client.ts';
import { startOrchestrator } from './orchestrator-process.ts';
import { openWire, type WireAnswer } from './wire.ts';

/** The built program in a process of its own, so that its death is one, with connections to throw things at it. */
export interface FuzzStage {
  readonly known: Known;
  /** Over the connection of this number: what came back, and what is wrong with it. */
  send(request: FuzzRequest, wire: number): Promise<{ outcome: string; complaint: string | undefined }>;
  /** After somebody has ended it. */
  renewSession(): Promise<void>;
  isAlive(): boolean;
  health(): Promise<number>;
  output(): string;
  dispose(): Promise<void>;
}

export async function openFuzzStage(connections: number): Promise<FuzzStage> {
  const home = await mkdtemp(join(tmpdir(), 'boardroom-fuzz-'));
  const database = await createEmptyDatabase();
  const program = await startOrchestrator({
    ...quick,
    GATEWAY_PORT: String(await freePort()),
    EGRESS_PORT: String(await freePort()),
    DATABASE_URL: database.url,
    BOARDROOM_HOME: home,
    BOARDROOM_ADMIN_KEY: adminKey,
    BOARDROOM_AGENTS: 'none',
    AGENT_RUNTIME: 'process',
    LOG_TO: 'stdout',
  });
  const client = createClient(program.url, adminKey);
  const keyOf = async (name: string, role: 'viewer' | 'operator') =>
    (await client.ok('createKey', { body: { name, role } })).secret;
  const keys = { viewer: await keyOf('fuzz viewer', 'viewer'), operator: await keyOf('fuzz operator', 'operator') };
  const newSession = async () => {
    const { headers } = await client.ask('createSession', { key: keys.operator });
    return headers.getSetCookie()[0]?.split(';')[0] ?? '';
  };
  let session = await newSession();
  const known = await furnish(client);

  const wires = Array.from({ length: connections }, () => openWire(program.url));
  const credentials = (role: FuzzRole): readonly [string, string] | undefined => {
    if (role === 'nobody') return undefined;
    if (role === 'session') return ['Cookie', session];
    if (role === 'stranger') return ['X-Api-Key', 'brk_nobody-was-given-this-key'];
    return ['X-Api-Key', role === 'admin' ? adminKey : keys[role]];
  };
  const { password } = new URL(database.url);
  const secrets = [adminKey, keys.viewer, keys.operator, process.cwd(), home, `:${password}@`];

  return {
    known,
    async send(request, wire) {
      const open = wires[wire % wires.length];
      if (!open) throw new Error('there is no connection');
      const bytes = serialise(request, { host: new URL(program.url).host, credentials: credentials(request.role) });
      const answer = await open.send(bytes, request.method);
      const asked = { method: request.method, hasPages: pages.has(request.route) };
      const complaint = complaintAbout(answer, asked, secrets);
      const shown = () => `${complaint}\n→ ${show(bytes)}\n← ${answer.status} ${answer.text.slice(0, 500)}`;
      return { outcome: outcomeOf(answer), complaint: complaint === undefined ? undefined : shown() };
    },
    async renewSession() {
      session = await newSession();
    },
    isAlive: program.isAlive,
    health: async () => (await client.send('GET', '/health', { key: null })).status,
    output: program.output,
    async dispose() {
      for (const wire of wires) wire.close();
      await program.end('SIGTERM');
      await database.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** One of everything, so that the requests have something to find. */
async function furnish(client: ReturnType<typeof createClient>): Promise<Known> {
  const propose = async () => (await client.ok('proposeDecision', { body: { title: 'A decision' } })).id;
  const [pending, escalated] = [await propose(), await propose()];
  await client.ok('escalateDecision', { params: { id: escalated }, body: { reason: 'to have one' } });
  const { escalations } = await client.ok('listEscalations');
  const { task } = await client.ok('createTask', { body: { title: 'A task', assignTo: 'ceo' } });
  const { key } = await client.ok('createKey', { body: { name: 'to be revoked', role: 'viewer' } });
  const { document } = await client.ok('addNote', { body: { title: 'A note', text: 'Of something' } });
  const { agents } = await client.ok('listAgents');
  return {
    agents: agents.map(({ type }) => type),
    ids: {
      dec: [pending, escalated],
      esc: escalations.map(({ id }) => id),
      tsk: [task.id],
      key: [key.id],
      doc: [document.id],
    },
  };
}

/** Behind a link that somebody opens in a browser. */
const pages: ReadonlySet<string> = new Set(['showQuestion', 'giveAnswer']);

const outcomeOf = ({ status, text }: WireAnswer): string =>
  status < 400 ? String(status) : (/"code":"(\w+)"/.exec(text)?.[1] ?? String(status));

/** As bytes, with nothing corrected: what is not ASCII goes out as Latin-1. */
function serialise(
  { method, target, headers, body }: FuzzRequest,
  { host, credentials }: { host: string; credentials: readonly [string, string] | undefined },
): Buffer {
  const has = (name: string) => headers.some(([given]) => given.toLowerCase() === name);
  const lines = [
    ...(has('host') ? [] : [['Host', host]]),
    ...(credentials && !has(credentials[0].toLowerCase()) ? [credentials] : []),
    ...headers,
    ...(body === undefined || has('content-length') ? [] : [['Content-Length', String(body.length)]]),
  ].map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
  return body === undefined ? head : Buffer.concat([head, body]);
}

const show = (bytes: Buffer): string => JSON.stringify(bytes.toString('latin1', 0, 2_000));
