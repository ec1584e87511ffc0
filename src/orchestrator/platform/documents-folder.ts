import { lstat, readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

export interface FileDocument {
  /** Below the folder, with slashes. */
  readonly path: string;
  readonly text: string;
  /** When it was last written, in milliseconds since 1970. */
  readonly changedAt: number;
}

const extensions = new Set(['.md', '.txt']);
const bytesMax = 1_000_000;
const filesMax = 5_000;

/** Texts below this folder, in the order of their paths; undefined when there is no such folder. Links are not followed. */
export async function readDocuments(folder: string, signal: AbortSignal): Promise<FileDocument[] | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw error;
    },
  );
  const paths = entries
    ?.filter((entry) => entry.isFile() && extensions.has(extname(entry.name).toLowerCase()))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (path) =>
        !relative(folder, path)
          .split(sep)
          .some((part) => part.startsWith('.')),
    )
    .sort()
    .slice(0, filesMax);
  if (!paths) return undefined;
  const documents: FileDocument[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    const { size, mtimeMs } = await lstat(path);
    if (size > bytesMax) continue;
    const text = await readFile(path, 'utf8');
    documents.push({ path: relative(folder, path).split(sep).join('/'), text, changedAt: Math.round(mtimeMs) });
  }
  return documents;
}
