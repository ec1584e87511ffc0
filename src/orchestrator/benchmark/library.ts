import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { type BenchmarkTask, benchmarkTaskIdSchema } from '../../contracts/benchmark.ts';
import { type Item, taskFileSchema } from '../../contracts/benchmark-task.ts';
import { hashSecret } from '../platform/identity.ts';

/** A task and its questions by their ids. */
export interface Task {
  readonly shown: BenchmarkTask;
  readonly system: string;
  readonly maxTokens: number;
  readonly items: ReadonlyMap<string, Item>;
}

/** The tasks by their ids, in the order of their names. */
export type Library = ReadonlyMap<string, Task>;

const versionLength = 12;

/** Reads every `*.yaml` of the folder. One that is wrong stops the start: a benchmark must not be smaller in silence. */
export async function loadLibrary(folder: string): Promise<Library> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  const tasks = await Promise.all(
    files.map(async (file) => parseTask(join(folder, file), await readFile(join(folder, file), 'utf8'))),
  );
  return new Map(tasks.map((task) => [task.shown.id, task]));
}

export function parseTask(path: string, content: string): Task {
  const id = benchmarkTaskIdSchema.safeParse(basename(path, '.yaml'));
  if (!id.success) throw new Error(`${path}: the file name must be a task’s id: ${z.prettifyError(id.error)}`);
  const parsed = taskFileSchema.safeParse(parse(content));
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  const { title, description, grading, system, maxTokens } = parsed.data;
  const items = new Map<string, Item>(
    // Each item has the fields of its task's grading, which the compiler does not follow through the map.
    parsed.data.items.map(({ id: item, ...rest }) => [item, { ...rest, grading } as Item]),
  );
  if (items.size < parsed.data.items.length) throw new Error(`${path}: two items have the same id`);
  const version = hashSecret(content).slice(0, versionLength);
  return { shown: { id: id.data, title, description, grading, items: items.size, version }, system, maxTokens, items };
}
