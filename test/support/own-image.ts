import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const run = promisify(execFile);

/** An image that knows nothing of us: `lines` of a Dockerfile on a plain Node, and the board member as /opt/member.cjs. */
export async function buildOwnImage(...lines: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'boardroom-own-'));
  try {
    await build({
      entryPoints: [new URL('./board-member.ts', import.meta.url).pathname],
      outfile: join(folder, 'member.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'warning',
    });
    const dockerfile = ['FROM node:24-bookworm-slim', 'COPY member.mjs /opt/member.mjs', ...lines].join('\n');
    await writeFile(join(folder, 'Dockerfile'), dockerfile);
    const tag = `boardroom-test-own:${createHash('sha256').update(dockerfile).digest('hex').slice(0, 12)}`;
    await run('docker', ['build', '--quiet', '--tag', tag, folder], { timeout: 120_000 });
    return tag;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
