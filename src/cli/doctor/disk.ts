import { stat, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import Dockerode from 'dockerode';
import { z } from 'zod';
import type { Config } from '../../orchestrator/config.ts';
import { answerMsMax, type Finding, fail, ok, warn } from './check.ts';

/** A fresh start takes this much: the embedded database and a log. */
const bytesMin = 500_000_000;
/** As the orchestrator's own alert about the disk is taken back. */
const usedMax = 0.9;

export interface Room {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

const mend =
  'Free some, or give it a larger one; retention.* settings tell how long events, history and calls are kept.';

/** What is free there, and whether that is enough. */
export function judgeRoom(name: string, place: string, { freeBytes, totalBytes }: Room): Finding {
  const used = 1 - freeBytes / totalBytes;
  const detail = `${(freeBytes / 1e9).toFixed(1)} GB of ${(totalBytes / 1e9).toFixed(1)} GB are free for ${place}`;
  if (freeBytes < bytesMin) return fail(name, detail, mend);
  return used >= usedMax ? warn(name, detail, mend) : ok(name, detail);
}

/** Where the data is, or will be; and where Docker has its images, when that is on this machine. */
export async function checkDisk({ home, runtime }: Pick<Config, 'home' | 'runtime'>): Promise<Finding[]> {
  const own = await nearest(home);
  const images = runtime === 'process' ? undefined : await dockerFolder().catch(() => undefined);
  const findings = [judgeRoom('disk', home, await roomAt(own.folder))];
  // On the same file system it would be said twice.
  if (images === undefined || (await stat(images)).dev === own.device) return findings;
  return [...findings, judgeRoom('disk of docker', images, await roomAt(images))];
}

async function roomAt(folder: string): Promise<Room> {
  const { bsize, blocks, bavail } = await statfs(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** Before the first start the folder is not there: what it will be made in counts. */
async function nearest(folder: string): Promise<{ folder: string; device: number }> {
  const found = await stat(folder).catch(() => undefined);
  if (found) return { folder, device: found.dev };
  return nearest(dirname(folder));
}

/** Rejects where it cannot be looked at from here. */
async function dockerFolder(): Promise<string | undefined> {
  const about = await new Dockerode({ timeout: answerMsMax }).info();
  const { Name, DockerRootDir } = engineSchema.parse(about);
  if (Name !== hostname()) return undefined;
  await stat(DockerRootDir);
  return DockerRootDir;
}

const engineSchema = z.object({ Name: z.string(), DockerRootDir: z.string() });
