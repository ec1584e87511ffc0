import { chmod, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The secret kept in this file of the home folder, made at first use. Only its owner can read it. */
export async function keepSecret(
  home: string,
  name: string,
  make: () => string,
): Promise<{ secret: string; isNew: boolean }> {
  const path = join(home, name);
  await mkdir(home, { recursive: true });
  try {
    // Exclusive: of two that start at once, one makes it and the other reads it.
    const file = await open(path, 'wx', 0o600);
    const secret = make();
    await file.writeFile(`${secret}\n`);
    await file.sync();
    await file.close();
    return { secret, isNew: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  await chmod(path, 0o600);
  const secret = (await readFile(path, 'utf8')).trim();
  if (secret === '') throw new Error(`${path} is empty: a first start was cut off. Remove it to have a new one made.`);
  return { secret, isNew: false };
}
