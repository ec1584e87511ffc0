import type { settingFamilies } from '../../src/contracts/settings.ts';
import { excuseLoop } from '../../src/orchestrator/agents/loops.ts';
import { loadProfiles } from '../../src/orchestrator/agents/profiles.ts';
import { createAccounts } from '../../src/orchestrator/budgets/accounts.ts';
import { narrowed, rule } from '../../src/orchestrator/gateway/permissions.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import { createSecretKeeper } from '../../src/orchestrator/secrets/keeper.ts';
import { createSettingsView } from '../../src/orchestrator/settings/view.ts';
import type { Effect } from './settings-effects.ts';
import { lifeOf, type SettingsStage } from './settings-stage.ts';

type Family = keyof typeof settingFamilies;

const profileOf = async (type: string) => {
  const profile = (await loadProfiles('profiles', () => undefined)).get(type);
  if (!profile) throw new Error(`there is no ${type}`);
  return profile;
};

const viewOf = async ({ services, postgres }: SettingsStage) =>
  createSettingsView(await services.settings.stored(postgres.db));

/** Whether the CMO gets room for a call of a model. */
async function mayThink(stage: SettingsStage): Promise<boolean> {
  const { stored } = await viewOf(stage);
  const { services, postgres, time } = stage;
  const accounts = createAccounts({
    ...services,
    postgres,
    chance,
    clock: time.clock,
    allotments: (agentType) => services.budgets.allotmentsFor(agentType, stored),
    readAllotments: services.budgets.readAllotments,
    onHeld: excuseLoop,
    onError: (error) => {
      throw error;
    },
    closing: new AbortController().signal,
  });
  const caller = { ...lifeOf('cmo'), profile: await profileOf('cmo') };
  const call = { caller, provider: 'openai', model: 'gpt-5', ceilingMicroUsd: 1, ceilingTokens: 1 };
  return accounts.reserve(call).then(
    () => true,
    () => false,
  );
}

/** One of each family; the key behind the dot is one of many. */
export const familyEffects: Readonly<Record<`${Family}.${string}`, Effect>> = {
  'agents.loop_interval_cmo': {
    value: 60,
    shows: [false, true],
    async look({ services, time }) {
      const { actor, instanceId } = lifeOf('cmo');
      const begin = async () => (await services.loops.beginDue(new Map([['cmo', instanceId]]))).get('cmo');
      await time.advance(10 * 3_600_000);
      const first = await begin();
      await services.loops.finish(actor, instanceId, { loopId: first?.loopId ?? '', outcome: 'done', summary: '' });
      await time.advance(90_000);
      return (await begin()) !== undefined;
    },
  },
  'budgets.cmo': { value: { daily: { calls: 0 } }, shows: [true, false], look: mayThink },
  'budgets.team': { value: { daily: { calls: 0 } }, shows: [true, false], look: mayThink },
  'permissions.cmo': {
    value: { tools: ['set_focus'] },
    shows: [true, false],
    async look(stage) {
      const { permissions } = await profileOf('cmo');
      const left = narrowed(permissions, (await viewOf(stage)).stored('permissions', 'cmo'));
      return rule(left, 'remember', { key: 'x', note: 'y' }).allowed;
    },
  },
  'secrets.GITHUB_TOKEN': {
    value: 'ghp_of_the_tests',
    shows: ['of the environment', 'ghp_of_the_tests'],
    async look({ services, postgres }) {
      const keeper = await createSecretKeeper({
        environment: new Map([['GITHUB_TOKEN', 'of the environment']]),
        read: () => services.settings.secrets(postgres.db),
        onError: () => undefined,
      });
      return keeper.secretOf('GITHUB_TOKEN');
    },
  },
  'custom.motto': {
    value: 'onwards',
    shows: [undefined, 'onwards'],
    look: async ({ services, postgres }) => (await services.settings.list(postgres.db)).settings['custom']?.['motto'],
  },
};
