import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  expectAgentsUntouched,
  expectReadiness,
  type Outage,
  type OutageStage,
  openOutageStage,
  outageMs,
  outageTest,
} from '../support/outage-stage.ts';
import { type Crowd, describeOnLinux, type OwnPostgres, startOwnPostgres } from '../support/own-postgres.ts';

/** Beyond the time-out of a query (11 s), so that whoever waits for an answer is told that there is none. */
const hangMs = Math.max(outageMs, 14_000);
const down = { database: 'error', redis: 'embedded' };

describeOnLinux('Postgres is', () => {
  let postgres: OwnPostgres;
  let stage: OutageStage;
  beforeEach(async () => {
    postgres = await startOwnPostgres({ max_connections: '40' });
    stage = await openOutageStage({ DATABASE_URL: postgres.url });
  });
  afterEach(async () => {
    await postgres.thaw();
    await stage.dispose();
    await postgres.dispose();
  });

  /** Refused while it was away, with the one problem that says so; agents stay; nothing lost, doubled or half done. */
  async function expectHonestAbsence({ from, to }: Outage): Promise<void> {
    const log = await stage.audit();
    expectAgentsUntouched(stage, log);
    const problems = stage.load.answers.flatMap(({ problem }) => (problem === '' ? [] : [problem]));
    expect(problems, 'somebody was refused').not.toEqual([]);
    expect(new Set(problems)).toEqual(new Set(['dependency_unavailable']));
    const during = stage.load.answers.filter(({ at, tookMs }) => at > from && at + tookMs < to);
    expect(during.filter(({ problem }) => problem === '')).toEqual([]);
  }

  it(
    'stopped and started again: 503 with Retry-After, agents keep their sockets, all goes on',
    outageTest,
    async () => {
      const outage = await stage.outage({ breaks: () => postgres.stop('SIGINT'), mends: postgres.start });
      expectReadiness(outage, down);
      await expectHonestAbsence(outage);
    },
  );

  it('hanging: every request ends in 503, /ready and /health answer at once, all goes on', outageTest, async () => {
    const outage = await stage.outage({ breaks: postgres.freeze, mends: postgres.thaw, forMs: hangMs });
    expectReadiness(outage, down);
    for (const { from, to } of outage.samples) expect(to - from).toBeLessThan(5_000);
    await expectHonestAbsence(outage);
  });

  it.each(['SIGINT', 'SIGQUIT', 'SIGKILL'] as const)(
    'restarted, ended by %s: all goes on within seconds',
    async (signal) => {
      for (let time = 0; time < 2; time += 1) {
        await stage.outage({ breaks: () => postgres.stop(signal), mends: postgres.start, forMs: 0 });
        await stage.works();
      }
      const log = await stage.audit();
      expectAgentsUntouched(stage, log);
      const problems = stage.load.answers.flatMap(({ problem }) => (problem === '' ? [] : [problem]));
      expect(problems.filter((problem) => problem !== 'dependency_unavailable')).toEqual([]);
    },
    outageTest.timeout,
  );

  it('out of connections from one moment to the next: what we hold stays ours, and serves', outageTest, async () => {
    let others: Crowd | undefined;
    const outage = await stage.outage({
      breaks: async () => {
        others = await postgres.crowd();
      },
      mends: async () => others?.letGo(),
    });
    expectReadiness(outage, { database: 'ok', redis: 'embedded' });
    const log = await stage.audit();
    expectAgentsUntouched(stage, log);
    expect(stage.load.answers.filter(({ problem }) => problem !== '')).toEqual([]);
  });

  it('out of connections, and ours are gone: it counts as down until others let go', outageTest, async () => {
    let others: Crowd | undefined;
    const outage = await stage.outage({
      breaks: async () => {
        others = await postgres.crowd();
        await others.oust();
      },
      mends: async () => others?.letGo(),
    });
    expectReadiness(outage, down);
    await expectHonestAbsence(outage);
  });
});
