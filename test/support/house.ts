import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { adminKey, quick } from './boardroom.ts';
import { createEmptyDatabase } from './database.ts';
import { freePort } from './free-port.ts';

/** The built program in a folder of its own, with a team and an agent's program that the test brings along. */
export interface House {
  readonly folder: string;
  readonly databaseUrl: string;
  /** The program to start. */
  readonly main: string;
  readonly environment: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

interface HouseOptions {
  readonly roles: readonly string[];
  /** What takes the place of the agent's bundle, for agents as processes. */
  readonly agent?: string;
}

export async function buildHouse({ roles, agent }: HouseOptions): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 'boardroom-house-'));
  for (const part of ['node_modules', 'migrations', 'benchmarks', 'package.json'])
    await symlink(resolve(part), join(folder, part));
  await cp('dist', join(folder, 'dist'), { recursive: true });
  if (agent !== undefined) await writeFile(join(folder, 'dist/agents/agent.cjs'), agent);
  const profiles = join(folder, 'profiles');
  await mkdir(profiles);
  for (const role of roles) await writeFile(join(profiles, `${role}.md`), profileOf(role));
  const database = await createEmptyDatabase();
  return {
    folder,
    databaseUrl: database.url,
    main: join(folder, 'dist/orchestrator/main.js'),
    environment: {
      ...quick,
      DATABASE_URL: database.url,
      BOARDROOM_HOME: join(folder, 'home'),
      BOARDROOM_PROFILES: profiles,
      BOARDROOM_ADMIN_KEY: adminKey,
      BOARDROOM_AGENTS: 'none',
      GATEWAY_PORT: String(await freePort()),
      EGRESS_PORT: String(await freePort()),
      // Nothing here speaks to the gateway unless it is the real agent: silence is not what is tried.
      HEARTBEAT_MS: '60000',
    },
    async remove() {
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const profileOf = (role: string) =>
  `---\nversion: 1\nname: ${role}\nloopInterval: 3600\npermissions:\n  tools: [read_inbox]\n---\nYou are ${role}.\n`;
