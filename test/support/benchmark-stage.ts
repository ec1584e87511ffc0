import type { JsonValue } from '../../src/contracts/primitives.ts';
import { loadProfiles } from '../../src/orchestrator/agents/profiles.ts';
import { createAsk } from '../../src/orchestrator/benchmark/ask.ts';
import { createGrader } from '../../src/orchestrator/benchmark/grade.ts';
import { type Library, parseTask } from '../../src/orchestrator/benchmark/library.ts';
import { type BenchmarkService, createBenchmarkService } from '../../src/orchestrator/benchmark/service.ts';
import { type BenchmarkWork, createBenchmarkWork } from '../../src/orchestrator/benchmark/work.ts';
import { createAccounts } from '../../src/orchestrator/budgets/accounts.ts';
import type { Actor } from '../../src/orchestrator/events/work.ts';
import type { ModelsConfig } from '../../src/orchestrator/models/models.ts';
import type { Clock } from '../../src/orchestrator/platform/clock.ts';
import { systemClock } from '../../src/orchestrator/platform/clock.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import { createPostgres, type Postgres } from '../../src/orchestrator/platform/postgres.ts';
import { createProcessCodeRunner } from '../../src/orchestrator/platform/process-code.ts';
import type { Services } from '../../src/orchestrator/services.ts';
import { createDatabase, testLimits } from './database.ts';
import { openModelsStage } from './models-stage.ts';
import { servicesOn } from './team-services.ts';

export const operator: Actor = { name: 'operator:anna', agentId: null };

/** One orchestrator as far as benchmarks go: its own connections, its own calls of models. */
export interface BenchmarkReplica {
  readonly service: BenchmarkService;
  readonly work: BenchmarkWork;
  /** Works off whatever waits, a few at once as the queue would have it; resolves when nothing waits for it any more. */
  workOff(): Promise<void>;
  /** An orderly end. */
  close(): void;
}

export interface BenchmarkStage {
  readonly postgres: Postgres;
  readonly services: Services;
  /** In force on every replica at once. */
  set(category: string, key: string, value: JsonValue): Promise<void>;
  addReplica(options?: { clock?: Clock }): Promise<BenchmarkReplica>;
  dispose(): Promise<void>;
}

export const claimMs = 2_000;

/** Tasks by their ids, as their files would be. */
export const libraryOf = (files: Readonly<Record<string, string>>): Library =>
  new Map(Object.entries(files).map(([id, content]) => [id, parseTask(`${id}.yaml`, content)]));

export async function openBenchmarkStage(
  library: Library,
  providers: ModelsConfig['providers'],
): Promise<BenchmarkStage> {
  const database = await createDatabase();
  const profiles = await loadProfiles('profiles', () => undefined);
  const services = servicesOn({ postgres: database.postgres, profiles });
  const set = new Map<string, JsonValue>();
  const closings: (() => Promise<void>)[] = [];

  return {
    postgres: database.postgres,
    services,
    async set(category, key, value) {
      await services.unitOfWork((work) => services.settings.change(work, operator, { category, key, value }));
      set.set(`${category}.${key}`, value);
    },
    async addReplica({ clock = systemClock } = {}) {
      const postgres = createPostgres(database.url, testLimits, () => undefined);
      const own = servicesOn({ postgres, profiles, clock });
      const closing = new AbortController();
      const accounts = createAccounts({
        ...own,
        postgres,
        clock,
        chance,
        allotments: (agentType) =>
          own.budgets.allotmentsFor(agentType, (category, key) => set.get(`${category}.${key}`)),
        readAllotments: own.budgets.readAllotments,
        onHeld: async () => undefined,
        onError: () => undefined,
        closing: closing.signal,
      });
      const stage = await openModelsStage(providers, { accounts });
      const ask = createAsk({ think: stage.models.think, clock });
      const codeRunner = Promise.resolve(createProcessCodeRunner(systemClock));
      const grade = createGrader({ ask, chance, codeRunner });
      const parts = { ...own, postgres, clock, chance, library };
      const work = createBenchmarkWork({ ...parts, ask, grade, claimMs, closing: closing.signal });
      closings.push(async () => {
        closing.abort();
        await stage.close();
        await postgres.close();
      });
      return {
        service: createBenchmarkService({ ...parts, onBegun: () => undefined }),
        work,
        async workOff() {
          for (;;) {
            const due = await work.findDue(clock.now());
            if (due.length === 0 || closing.signal.aborted) return;
            await Promise.all(due.slice(0, 4).map(({ rowId }) => work.run(rowId)));
          }
        },
        close: () => closing.abort(),
      };
    },
    async dispose() {
      for (const close of closings) await close();
      await database.drop();
    },
  };
}
