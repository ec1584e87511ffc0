import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { settingFamilies, settingsRegistry } from '../../src/contracts/settings.ts';
import { seenElsewhere, settingEffects } from '../support/settings-effects.ts';
import { openSettingsStage, type SettingsStage } from '../support/settings-stage.ts';

let stage: SettingsStage;
beforeAll(async () => {
  stage = await openSettingsStage();
});
beforeEach(() => stage.postgres.db.execute(sql`truncate settings`));
afterAll(() => stage.dispose());

describe('a change of the setting', () => {
  const seenHere = Object.keys(settingsRegistry).filter((name) => !(name in seenElsewhere));
  it.each(seenHere)('%s changes what the team does', async (name) => {
    await seeTheEffectOf(name);
  });

  const named = Object.keys(settingEffects).filter((name) => !(name in settingsRegistry));
  it.each(named)('%s changes what the team does', async (name) => {
    await seeTheEffectOf(name);
  });

  it('is seen for one of each family', () => {
    const families = new Set(named.map((name) => name.split('.')[0]));
    expect(families).toEqual(new Set(Object.keys(settingFamilies)));
  });
});

async function seeTheEffectOf(name: string): Promise<void> {
  const { value, shows, look } = settingEffects[name] ?? expect.fail(`nobody has seen what ${name} changes`);
  expect(shows[0]).not.toEqual(shows[1]);
  await stage.renew();
  expect(await look(stage)).toEqual(shows[0]);
  const [category = '', ...key] = name.split('.');
  await stage.set(category, key.join('.'), value);
  await stage.renew();
  expect(await look(stage)).toEqual(shows[1]);
}
