import type { Role } from '../../src/contracts/key.ts';
import { adminKey, startBoardroom, type TestBoardroom } from './boardroom.ts';
import { type Client, createClient } from './http-client.ts';

/** A whole orchestrator, asked over HTTP with the admin's key unless a test says otherwise. */
export interface Stage extends Client {
  readonly url: string;
  readonly databaseUrl: string;
  readonly boardroom: TestBoardroom['boardroom'];
  /** A key of exactly this role. */
  readonly keys: Readonly<Record<Role, string>>;
  dispose(): Promise<void>;
}

export async function openStage(environment: Record<string, string> = {}): Promise<Stage> {
  const { boardroom, url, databaseUrl, dispose } = await startBoardroom(environment);
  const client = createClient(url, adminKey);
  const keyOf = async (role: Role) => (await client.ok('createKey', { body: { name: `a ${role}`, role } })).secret;
  const keys = { viewer: await keyOf('viewer'), operator: await keyOf('operator'), admin: adminKey };
  return { ...client, url, databaseUrl, boardroom, keys, dispose };
}
