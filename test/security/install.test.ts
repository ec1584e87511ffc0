import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adminKey } from '../support/boardroom.ts';
import { freePort } from '../support/free-port.ts';
import { createClient } from '../support/http-client.ts';
import { type OrchestratorProcess, startOrchestrator } from '../support/orchestrator-process.ts';

const run = promisify(execFile);

let folder: string;
let program: OrchestratorProcess | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'boardroom-install-'));
  for (const part of ['package.json', 'package-lock.json', 'dist', 'migrations', 'benchmarks', 'profiles']) {
    await cp(resolve(part), join(folder, part), { recursive: true });
  }
}, 60_000);
afterAll(async () => {
  await program?.end('SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

it('the program starts from an install in which no package was allowed to run a script', {
  timeout: 300_000,
}, async () => {
  await run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: folder,
  });
  program = await startOrchestrator(
    {
      BOARDROOM_HOME: join(folder, 'home'),
      BOARDROOM_ADMIN_KEY: adminKey,
      BOARDROOM_AGENTS: 'none',
      AGENT_RUNTIME: 'process',
      GATEWAY_PORT: String(await freePort()),
      EGRESS_PORT: String(await freePort()),
    },
    { folder },
  );
  const client = createClient(program.url, adminKey);
  // On the embedded Postgres, whose package is the one with a script.
  expect(await client.ok('getReadiness')).toEqual({ ready: true, checks: { database: 'ok', redis: 'embedded' } });
  await client.ok('createTask', { body: { title: 'Installed without scripts', assignTo: 'ceo' } });
});
