import { describe, expect, it } from 'vitest';
import { type Action, type Desired, type Observed, type Plan, plan } from '../../src/orchestrator/agents/plan.ts';
import { defaultRestartPolicy, type Failure } from '../../src/orchestrator/agents/restart-policy.ts';

const wanted: Desired = {
  state: 'running',
  because: 'wanted stopped',
  specHash: 'v1',
  restart: defaultRestartPolicy,
  silenceMsMax: 30_000,
  turnTimeoutMs: 600_000,
};
const unwanted: Desired = { ...wanted, state: 'stopped' };

const absent: Observed = { kind: 'absent' };
const exited: Observed = { kind: 'exited', containerId: 'old' };
const running = (parts: Partial<Extract<Observed, { kind: 'running' }>> = {}): Observed => ({
  kind: 'running',
  containerId: 'c1',
  specHash: 'v1',
  silentForMs: 0,
  loopForMs: undefined,
  ...parts,
});

const at = 1_000_000;
const crashes = (count: number): Failure[] =>
  Array.from({ length: count }, (_, index) => ({ at: at - index * 5_000, ranForMs: 100 }));
const planned = (
  observed: Observed,
  { desired = wanted, failures = [], now = at }: { desired?: Desired; failures?: Failure[]; now?: number } = {},
) => plan({ desired, observed, failures, now });
const kindsOf = ({ actions }: Plan) => actions.map(({ kind }) => kind);

describe('a plan', () => {
  it.each<[string, Observed, Desired, Failure[], string, string[]]>([
    ['wanted, never started', absent, wanted, [], 'starting', ['start']],
    ['wanted, its container ended as asked', exited, wanted, [], 'starting', ['start', 'remove']],
    ['wanted, crashed for the first time', exited, wanted, crashes(1), 'starting', ['start', 'remove']],
    ['wanted, crashed again', exited, wanted, crashes(2), 'backing_off', ['remove']],
    ['wanted, crashed again, remains cleared', absent, wanted, crashes(2), 'backing_off', []],
    ['wanted, crashed too often', exited, wanted, crashes(5), 'failed', ['remove']],
    ['wanted, crashed too often, remains cleared', absent, wanted, crashes(5), 'failed', []],
    ['wanted, runs', running(), wanted, [], 'running', []],
    ['wanted, runs after crashes', running(), wanted, crashes(5), 'running', []],
    ['wanted, runs with another spec', running({ specHash: 'v0' }), wanted, [], 'stopping', ['stop']],
    ['not wanted, absent', absent, unwanted, [], 'stopped', []],
    ['not wanted, absent after crashes', absent, unwanted, crashes(5), 'stopped', []],
    ['not wanted, ended', exited, unwanted, crashes(2), 'stopped', ['remove']],
    ['not wanted, runs', running(), unwanted, [], 'stopping', ['stop']],
    ['not wanted, hangs', running({ silentForMs: 99_999 }), unwanted, [], 'stopping', ['stop']],
  ])('%s', (_name, observed, desired, failures, status, kinds) => {
    const next = planned(observed, { desired, failures });
    expect([next.status, kindsOf(next)]).toEqual([status, kinds]);
    expect(next.because).not.toBe('');
  });

  it('gives the container it saw to every action that needs one', () => {
    expect(planned(exited).actions).toContainEqual({ kind: 'remove', containerId: 'old' });
    expect(planned(running(), { desired: unwanted }).actions).toMatchObject([{ kind: 'stop', containerId: 'c1' }]);
  });

  it('starts the new life before it clears the remains of the old one', () => {
    expect(kindsOf(planned(exited))).toEqual(['start', 'remove']);
  });
});

/** What an obedient runtime makes of the actions. */
function after(observed: Observed, actions: readonly Action[], specHash: string): Observed {
  let world = observed;
  for (const action of actions) {
    if (action.kind === 'start') world = running({ specHash });
    if (action.kind === 'stop') world = { kind: 'exited', containerId: action.containerId };
    if (action.kind === 'remove' && world.kind === 'exited') world = absent;
  }
  return world;
}

describe('planning and acting, again and again', () => {
  const worlds = [absent, exited, running(), running({ specHash: 'v0' }), running({ silentForMs: 31_000 })];

  it.each(worlds.flatMap((world) => [wanted, unwanted].map((desired) => ({ world, desired, state: desired.state }))))(
    'comes to rest at what is wanted ($state), and plans nothing there: from $world.kind',
    ({ world, desired }) => {
      let observed = world;
      for (let pass = 0; pass < 3; pass += 1) {
        observed = after(observed, planned(observed, { desired }).actions, desired.specHash);
      }
      expect(observed.kind).toBe(desired.state === 'running' ? 'running' : 'absent');
      expect(planned(observed, { desired })).toMatchObject({ status: desired.state, actions: [] });
    },
  );

  it('brings an agent that dies at once back after 0, 1, 2 and 4 s, and then gives it up', () => {
    const failures: Failure[] = [];
    const startedAt: number[] = [];
    let now = at;
    let next = planned(absent, { failures, now });
    for (let pass = 0; pass < 20 && next.status !== 'failed'; pass += 1) {
      if (next.status === 'starting') {
        startedAt.push(now - at);
        failures.unshift({ at: now, ranForMs: 0 });
      } else {
        now = next.recheckAt ?? Number.NaN;
      }
      next = planned(exited, { failures, now });
    }
    expect(next.status).toBe('failed');
    expect(startedAt).toEqual([0, 0, 1_000, 3_000, 7_000]);
  });

  it('ends the wait within the policy’s time after the clock was set back by an hour', () => {
    const failures = crashes(3);
    const set = at - 3_600_000;
    let now = set;
    for (let pass = 0; pass < 20; pass += 1) {
      const next = planned(exited, { failures, now });
      if (next.status === 'starting') break;
      now = next.recheckAt ?? Number.NaN;
    }
    expect(now - set).toBeLessThanOrEqual(2_000);
  });
});

describe('an agent that backs off', () => {
  it('is looked at again when its wait is over, and not before', () => {
    const failures = crashes(3);
    expect(planned(exited, { failures })).toMatchObject({ status: 'backing_off', recheckAt: at + 2_000 });
    expect(planned(absent, { failures, now: at + 1_999 }).status).toBe('backing_off');
    expect(planned(absent, { failures, now: at + 2_000 }).status).toBe('starting');
  });
});

describe('a spec that changed', () => {
  const next = planned(running({ specHash: 'v0' }));

  it('has its container replaced, which is no failure of the agent', () => {
    expect(next.actions).toEqual([
      { kind: 'stop', containerId: 'c1', because: 'replaced, because its spec changed', counts: false },
    ]);
  });

  it('comes before a hang: the end that is wanted anyway counts against nobody', () => {
    const both = planned(running({ specHash: 'v0', silentForMs: 99_999, loopForMs: 9_999_999 }));
    expect(both.actions).toEqual(next.actions);
  });
});

describe('a hang', () => {
  it.each<[string, Partial<Extract<Observed, { kind: 'running' }>>, boolean]>([
    ['silent for as long as it may be', { silentForMs: 30_000 }, false],
    ['silent for longer', { silentForMs: 30_001 }, true],
    ['at its loop for as long as it may be', { loopForMs: 600_000 }, false],
    ['at its loop for longer', { loopForMs: 600_001 }, true],
    ['between loops', { loopForMs: undefined }, false],
  ])('%s', (_name, parts, hangs) => {
    expect(planned(running(parts)).status).toBe(hangs ? 'unresponsive' : 'running');
  });

  it('is ended as a failure, and says how long it lasted', () => {
    expect(planned(running({ silentForMs: 45_000 }))).toEqual({
      status: 'unresponsive',
      because: 'no sign of life for 45 s',
      actions: [{ kind: 'stop', containerId: 'c1', because: 'no sign of life for 45 s', counts: true }],
    });
    expect(planned(running({ loopForMs: 700_000 })).because).toBe('its loop has run for 700 s, allowed are 600 s');
  });

  it.each([
    ['its silence runs out first', { silentForMs: 10_000, loopForMs: 1_000 }, 20_000],
    ['its loop runs out first', { silentForMs: 0, loopForMs: 595_000 }, 5_000],
    ['it is between loops', { silentForMs: 29_999 }, 1],
  ])('is looked for at the moment it can be there, without any event: %s', (_name, parts, leftMs) => {
    const { recheckAt = Number.NaN } = planned(running(parts));
    expect(recheckAt - at).toBe(leftMs + 1);
    const then = running({
      silentForMs: parts.silentForMs + leftMs + 1,
      ...('loopForMs' in parts && { loopForMs: parts.loopForMs + leftMs + 1 }),
    });
    expect(planned(then, { now: recheckAt }).status).toBe('unresponsive');
  });
});
