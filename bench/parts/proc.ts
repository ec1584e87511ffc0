import { readFile } from 'node:fs/promises';

const bytesPerKibibyte = 1024;

/** What only this process holds, and what it holds in all, in bytes. */
export async function memoryOf(pid: number): Promise<{ readonly private: number; readonly resident: number }> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const of = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1]) * bytesPerKibibyte;
  return { private: of('Private_Clean') + of('Private_Dirty'), resident: of('Rss') };
}

/** Processor time that this process has had so far, in milliseconds. */
export async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
}

const msPerTick = 10;
export const mebibytes = (bytes: number): number => bytes / (bytesPerKibibyte * bytesPerKibibyte);
