import type { JsonValue } from '../../src/contracts/primitives.ts';
import { excuseLoop } from '../../src/orchestrator/agents/loops.ts';
import { createAccounts } from '../../src/orchestrator/budgets/accounts.ts';
import { system } from '../../src/orchestrator/events/work.ts';
import { createExclusively } from '../../src/orchestrator/knowledge/exclusively.ts';
import { createMeaning } from '../../src/orchestrator/knowledge/meaning.ts';
import { openModels } from '../../src/orchestrator/models/models.ts';
import type { ProviderAccesses } from '../../src/orchestrator/models/providers.ts';
import type { Clock } from '../../src/orchestrator/platform/clock.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import type { Postgres } from '../../src/orchestrator/platform/postgres.ts';
import { createSessionLocks } from '../../src/orchestrator/platform/session-locks.ts';
import type { Services } from '../../src/orchestrator/services.ts';
import { createSettingsReader } from '../../src/orchestrator/settings/reader.ts';
import { createSettingsView } from '../../src/orchestrator/settings/view.ts';

interface Parts {
  readonly services: Services;
  readonly postgres: Postgres;
  readonly clock: Clock;
  /** None: as a team without any key. */
  readonly providers?: ProviderAccesses;
}

/** Search by meaning as an orchestrator wires it, down to the books and the providers' wire. */
export async function openMeaning({ services, postgres, clock, providers = {} }: Parts) {
  const view = createSettingsView(await services.settings.stored(postgres.db));
  const settings = createSettingsReader(view.stored);
  const errors: unknown[] = [];
  const closing = new AbortController();
  const accounts = createAccounts({
    ...services,
    postgres,
    clock,
    chance,
    allotments: (agentType) => services.budgets.allotmentsFor(agentType, view.stored),
    readAllotments: services.budgets.readAllotments,
    onHeld: excuseLoop,
    onError: (error) => errors.push(error),
    closing: closing.signal,
  });
  const models = openModels({
    config: { providers, firstByteMs: 500, idleMs: 500, retryMs: 5, restMs: 60_000 },
    settings,
    accounts,
    mayBeFetched: () => false,
    onReach: () => undefined,
    monotonic: () => performance.now(),
    fraction: () => 0.5,
    onCalled: () => undefined,
    onError: (error) => errors.push(error),
  });
  const locks = createSessionLocks({ connect: postgres.connect, namespace: 2, onError: (error) => errors.push(error) });
  const meaning = createMeaning({
    postgres,
    clock,
    settings,
    stored: services.settings,
    embedTexts: models.embedTexts,
    exclusively: createExclusively({ locks, onError: (error) => errors.push(error) }),
    onError: (error) => errors.push(error),
  });
  return {
    ...meaning,
    /** What went wrong and hindered nobody. */
    errors,
    /** As an operator does, heard of here at once. */
    async set(category: string, key: string, value: JsonValue): Promise<void> {
      await services.unitOfWork((work) => services.settings.change(work, system, { category, key, value }));
      view.follow({ eventType: 'setting_changed', payload: { category, key, value } });
    },
    async close() {
      closing.abort();
      await locks.close();
      await models.close();
    },
  };
}
