import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, type Visit, visit } from '../../test/support/browser.ts';
import type { Bench } from '../row.ts';
import { type BenchOrchestrator, key, openOrchestrator } from './orchestrator.ts';
import { keepRunning } from './running.ts';

export interface Dashboard {
  readonly orchestrator: BenchOrchestrator;
  readonly databaseUrl: string;
  visit(): Promise<Visit>;
  close(): Promise<void>;
}

/** An orchestrator with so many roles, none of them running, and a browser to look at it. */
export async function openDashboard(bench: Bench, roles: number): Promise<Dashboard> {
  const database = await bench.createDatabase();
  const profiles = await mkdtemp(join(tmpdir(), 'boardroom-bench-profiles-'));
  const profile = await readFile('profiles/cmo.md', 'utf8');
  await Promise.all(roleNames(roles).map((name) => writeFile(join(profiles, `${name}.md`), profile)));
  const orchestrator = await openOrchestrator(database.url, { BOARDROOM_PROFILES: profiles });
  const browser = await launch();
  const endBrowser = keepRunning(() => browser.close());
  return {
    orchestrator,
    databaseUrl: database.url,
    visit: () => visit(browser, { url: orchestrator.url, key }),
    async close() {
      await endBrowser();
      await orchestrator.close();
      await database.drop();
      await rm(profiles, { recursive: true });
    },
  };
}

export const roleNames = (count: number): string[] => Array.from({ length: count }, (_, at) => `role-${at + 1}`);
