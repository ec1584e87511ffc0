import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { z } from 'zod';
import { unlessAbsent } from './unless-absent.ts';

const recordSchema = z.object({
  instanceId: z.string(),
  agentType: z.string(),
  specHash: z.string(),
  pid: z.number().int(),
  startTime: z.string(),
  startedAt: z.number(),
  /** Its part of the agent's log file, which may be moved aside but keeps its inode. */
  log: z.object({ inode: z.number(), from: z.number(), to: z.number().nullable() }),
  exit: z
    .object({
      at: z.number().nullable(),
      ranForMs: z.number().nullable(),
      code: z.number().nullable(),
      signal: z.string().nullable(),
      oomKilled: z.boolean(),
    })
    .nullable(),
});
/** So many files are open at once: a team of a thousand must not use up what the system lets us open. */
const openAtOnce = 64;

/** What is known of one instance, in a file of its own: the memory that outlives the orchestrator. */
export type ProcessRecord = z.infer<typeof recordSchema>;

export interface ProcessRecords {
  read(instanceId: string): Promise<ProcessRecord | undefined>;
  /** All, or one agent's. */
  list(agentType?: string): Promise<readonly ProcessRecord[]>;
  write(record: ProcessRecord): Promise<void>;
  remove(instanceId: string): Promise<void>;
}

const suffix = '.json';

export function createProcessRecords(folder: string): ProcessRecords {
  /** Whose a record is never changes: another agent's file need not be read again to know that. */
  const owners = new Map<string, string>();
  const opening = pLimit(openAtOnce);
  const fileOf = (instanceId: string) => join(folder, `${plain(instanceId)}${suffix}`);

  async function read(instanceId: string): Promise<ProcessRecord | undefined> {
    const file = fileOf(instanceId);
    const text = await readFile(file, 'utf8').catch(unlessAbsent);
    if (text === undefined) return undefined;
    try {
      const record = recordSchema.parse(JSON.parse(text));
      owners.set(instanceId, record.agentType);
      return record;
    } catch (cause) {
      // Loud: taking it for absent would start a second process beside the first.
      throw new Error(`${file} is damaged: end the process it is about, if there is one, and delete the file`, {
        cause,
      });
    }
  }

  return {
    read,
    async list(agentType) {
      const files = (await readdir(folder).catch(unlessAbsent)) ?? [];
      const ids = files.filter((file) => file.endsWith(suffix)).map((file) => file.slice(0, -suffix.length));
      const wanted = ids.filter((id) => agentType === undefined || (owners.get(id) ?? agentType) === agentType);
      const records = await Promise.all(wanted.map((id) => opening(() => read(id))));
      const found = records.filter((record) => record !== undefined);
      return agentType === undefined ? found : found.filter((record) => record.agentType === agentType);
    },
    async write(record) {
      const file = fileOf(record.instanceId);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // Flushed before it takes the place of the old one: a power cut leaves the one or the other, never half.
      const next = `${file}.${process.pid}`;
      await writeFile(next, JSON.stringify(record), { mode: 0o600, flush: true });
      await rename(next, file);
    },
    async remove(instanceId) {
      await rm(fileOf(instanceId), { force: true });
      owners.delete(instanceId);
    },
  };
}

function plain(instanceId: string): string {
  if (/^[\w-]{1,100}$/.test(instanceId)) return instanceId;
  throw new Error(`"${instanceId}" is no instance id`);
}
