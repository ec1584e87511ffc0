import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { mayActAs, roleSchema } from '../../src/contracts/key.ts';
import { type FuzzRequest, type FuzzRole, fuzzRoles, requestsTo } from '../support/fuzz-requests.ts';
import { type FuzzStage, openFuzzStage } from '../support/fuzz-stage.ts';
import { type RouteName, routeNames, rows } from '../support/http-coverage.ts';

// `npm run fuzz -- --inputs 1000000 --seed 7` sends more, and prints what came of it.
const { FUZZ_INPUTS, FUZZ_SEED } = process.env;
const inputs = Number(FUZZ_INPUTS ?? 7_000);
const seed = Number(FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

const batchSize = 28;
const batchesPerRoute = Math.ceil(inputs / batchSize / routeNames.length);

let stage: FuzzStage;
const began = performance.now();
beforeAll(async () => {
  stage = await openFuzzStage(batchSize);
});
afterAll(async () => {
  if (FUZZ_INPUTS !== undefined) console.log(reportOf());
  await stage.dispose();
});

/** How often each route has given each outcome to each role: `listTasks viewer 200`. */
const outcomes = new Map<string, number>();
const count = (route: RouteName, role: FuzzRole, outcome: string) => {
  const entry = `${route} ${role} ${outcome}`;
  outcomes.set(entry, (outcomes.get(entry) ?? 0) + 1);
};

async function send(request: FuzzRequest, wire: number): Promise<void> {
  const { outcome, complaint } = await stage.send(request, wire);
  count(request.route, request.role, outcome);
  if (complaint !== undefined) throw new Error(complaint);
}

describe(`bad input (seed ${seed})`, () => {
  test.each(routeNames)(
    'of any kind, from anybody, is refused by %s with a problem of the registry, and nothing is told or broken',
    { timeout: 60_000 + inputs * 5 },
    async (route) => {
      // The route before may have ended it.
      await stage.renewSession();
      // In the order of their roles, so that few batches reach them all.
      const batch = fc
        .array(requestsTo(route, stage.known), { minLength: batchSize, maxLength: batchSize })
        .map((requests) =>
          requests.map((request, at) => ({ ...request, role: fuzzRoles[at % fuzzRoles.length] ?? request.role })),
        );
      const property = fc.asyncProperty(batch, async (requests) => {
        if (route === 'endSession') await stage.renewSession();
        // All of them: what is still on its way would be taken for the answer to the next on its connection.
        const settled = await Promise.allSettled(requests.map(send));
        for (const result of settled) if (result.status === 'rejected') throw result.reason;
        expect(stage.isAlive(), `the process has ended: ${stage.output()}`).toBe(true);
      });
      await fc.assert(property, { seed, numRuns: batchesPerRoute, interruptAfterTimeLimit: 3_600_000 });
    },
  );
});

describe('the inputs', () => {
  const isKeyed = (role: RouteName) => roleSchema.safeParse(rows[role].role).success;
  const seen = (route: RouteName, role: FuzzRole) =>
    [...outcomes.keys()].filter((entry) => entry.startsWith(`${route} ${role} `)).map((entry) => entry.split(' ')[2]);

  /** What only the route itself answers, behind all guards, or the guard that is for this role. */
  function hasReached(route: RouteName, role: FuzzRole): boolean {
    const found = seen(route, role);
    const behind = found.some((outcome) => outcome !== undefined && !guards.has(outcome));
    if (!isKeyed(route)) return behind;
    if (role === 'nobody' || role === 'stranger') return found.includes('unauthenticated');
    // The stage's session is an operator's.
    const own = role === 'session' ? 'operator' : role;
    return mayActAs(own, roleSchema.parse(rows[route].role)) ? behind : found.includes('not_allowed');
  }
  const guards = new Set([
    'unauthenticated',
    'not_allowed',
    'foreign_origin',
    'misdirected_request',
    'not_found',
    'headers_too_large',
  ]);

  test.each(routeNames)('have come to %s from every role, as far as the role may come', (route) => {
    expect(fuzzRoles.filter((role) => !hasReached(route, role))).toEqual([]);
  });

  it('have left the process as it was: it answers, is the same, and has nothing to say of itself', async () => {
    expect(stage.isAlive()).toBe(true);
    expect(await stage.health()).toBe(200);
    expect(stage.output()).not.toMatch(/"level":[56]0|unhandled|heap/i);
  });
});

function reportOf(): string {
  const total = [...outcomes.values()].reduce((sum, times) => sum + times, 0);
  const byOutcome = new Map<string, number>();
  for (const [entry, times] of outcomes) {
    const outcome = entry.split(' ')[2] ?? '';
    byOutcome.set(outcome, (byOutcome.get(outcome) ?? 0) + times);
  }
  const lines = [...byOutcome]
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, times]) => `  ${String(times).padStart(9)}  ${outcome}`);
  const seconds = Math.round((performance.now() - began) / 1_000);
  return [
    `${total} inputs, seed ${seed}, ${seconds} s, ${routeNames.length} routes × ${fuzzRoles.length} roles`,
    ...lines,
  ].join('\n');
}
