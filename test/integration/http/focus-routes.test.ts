import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.dispose());

const neutral = { revenueFocus: 50, communityGrowth: 50, marketingVsDev: 50, riskTolerance: 50, timeHorizon: 50 };

describe('the focus', () => {
  it('leans to no side until somebody says so; a partial change keeps the rest', async () => {
    expect(await stage.ok('getFocus')).toEqual(neutral);
    const asked = { body: { riskTolerance: 10, timeHorizon: 90 }, key: stage.keys.operator };
    const { focus } = await stage.ok('changeFocus', asked);
    expect(focus).toEqual({ ...neutral, riskTolerance: 10, timeHorizon: 90 });
    expect((await stage.ok('changeFocus', { body: { timeHorizon: 0 } })).focus).toEqual({ ...focus, timeHorizon: 0 });
    expect(await stage.ok('getFocus')).toEqual({ ...focus, timeHorizon: 0 });
  });

  it('is told of in the log, and only what really changed', async () => {
    await stage.ok('changeFocus', { body: { ...neutral } });
    const before = (await stage.ok('listEvents', { query: { type: 'setting_changed' } })).events.length;
    await stage.ok('changeFocus', { body: { ...neutral, revenueFocus: 70 } });
    const { events } = await stage.ok('listEvents', { query: { type: 'setting_changed' } });
    expect(events.length - before).toBe(1);
    expect(events[0]?.payload).toMatchObject({ category: 'focus', key: 'revenueFocus', value: 70 });
  });

  it.each([{ riskTolerance: 101 }, { riskTolerance: -1 }, { riskTolerance: 1.5 }, { mood: 5 }])(
    'takes nothing else: %j',
    async (body) => {
      await stage.refusal('changeFocus', 'invalid_request', { body });
    },
  );
});

closeBook('focus-routes');
