import { loadProfiles } from '../../src/orchestrator/agents/profiles.ts';
import { readConfig } from '../../src/orchestrator/config.ts';
import { system } from '../../src/orchestrator/events/work.ts';
import { systemClock as clock } from '../../src/orchestrator/platform/clock.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import { migrateSchema } from '../../src/orchestrator/platform/migrate.ts';
import { createPostgres } from '../../src/orchestrator/platform/postgres.ts';
import { createSealer } from '../../src/orchestrator/platform/sealing.ts';
import { createServices, type Services } from '../../src/orchestrator/services.ts';
import { serve } from './worker.ts';

/** The services as the orchestrator wires them, without HTTP around them. */
let services: Services | undefined;

function opened(): Services {
  if (!services) throw new Error('open comes first');
  return services;
}

async function open({ databaseUrl }: { databaseUrl: string }): Promise<void> {
  const config = readConfig({ DATABASE_URL: databaseUrl });
  const limits = { connectTimeoutMs: 5_000, statementTimeoutMs: 10_000, lockTimeoutMs: 5_000 };
  const postgres = createPostgres(
    databaseUrl,
    { ...limits, poolSize: config.poolSize, idleInTransactionTimeoutMs: 10_000 },
    (error) => console.error(error),
  );
  await migrateSchema(postgres, 'migrations');
  const profiles = await loadProfiles('profiles', (error) => console.error(error));
  const sealer = createSealer('the key of the benchmark', chance);
  const wired = { config, postgres, clock, chance, sealer, profiles, runtimeIsStale: () => false };
  services = createServices({ ...wired, onCommitted: () => undefined, onDocuments: () => undefined });
  await services.agents.register(() => false);
}

/** `work` for each item, so many at a time; how long all of them took, in milliseconds. */
async function each<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<unknown>): Promise<number> {
  const left = [...items];
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
    }),
  );
  return performance.now() - startedAt;
}

serve({
  open,
  /** Makes major decisions that wait for their votes; answers their ids. */
  async propose({ count }: { count: number }) {
    const ids: string[] = [];
    const input = { title: 'Launch the newsletter', description: '', tier: 'major' as const, onApprove: [] };
    await each([...Array(count).keys()], 8, async () => {
      ids.push(await opened().unitOfWork((work) => opened().decisions.propose(work, system, input)));
    });
    return ids;
  },
  /** One vote on each: the decision's row, the vote and the event in one transaction. */
  vote: ({ ids, atOnce }: { ids: string[]; atOnce: number }) =>
    each(ids, atOnce, (decisionId) =>
      opened().unitOfWork((work) =>
        opened().decisions.vote(work, system, {
          decisionId,
          voterType: 'ceo',
          vote: 'approve',
          reason: 'It serves us.',
        }),
      ),
    ),
  /** So many transactions of so many events each, one after the other. */
  ingest: ({ batches, size }: { batches: number; size: number }) =>
    each([...Array(batches).keys()], 1, () =>
      opened().unitOfWork(async (work) => {
        for (let at = 0; at < size; at += 1)
          work.append(system, 'alert_raised', { agentType: 'ceo', severity: 'info', message: 'x'.repeat(100) });
      }),
    ),
});
