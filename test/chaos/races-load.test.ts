import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../support/boardroom.ts';
import { eventually } from '../support/eventually.ts';
import { type HealthSeen, watchHealth } from '../support/health-watch.ts';
import { describeRedis } from '../support/redis.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';

const writesAtOnce = 200;
const bursts = 4;
const healthMsMax = 100;
/** Longer than any statement of ours is held up by its neighbours; a wedged connection stays for ever. */
const idleInTransactionMs = 2_000;

interface Told {
  readonly status: number;
  readonly code: string | undefined;
  readonly retryAfter: string | null;
  readonly id: string | undefined;
}
const gone: Told = { status: 0, code: undefined, retryAfter: null, id: undefined };

describeRedis('200 writes at once', () => {
  describe.each([1, 2])('over %i orchestrators with ten connections each', (count) => {
    let stage: Replicas;
    let quiet: HealthSeen;
    beforeAll(async () => {
      stage = await startReplicas(count, { DATABASE_POOL_SIZE: '10' });
      const stop = watchHealth(urlOf(0));
      await sleep(1_000);
      quiet = await stop();
    });
    afterAll(() => stage?.dispose());

    const urlOf = (number: number) => stage.replicas[number % count]?.url ?? '';

    /** What was answered; nothing at all (status 0) only by a process that ends. */
    const post = async (number: number, path: string, body: object): Promise<Told> => {
      const answer = await call(`${urlOf(number)}${path}`, 'POST', { body }).catch(() => undefined);
      if (!answer) return gone;
      const { status, headers, body: told } = answer;
      return { status, code: told.code, retryAfter: headers.get('retry-after'), id: told.id ?? told.task?.id };
    };
    const burst = (write: (number: number) => Promise<Told>): Promise<Told[]> =>
      Promise.all(Array.from({ length: writesAtOnce }, (_, number) => write(number)));
    const propose = async (number = 0) => (await post(number, '/decisions', { title: 'Buy a newspaper' })).id ?? '';
    const giveTask = (number = 0) => post(number, '/tasks', { title: 'Print it', assignTo: 'cmo' });
    const voteOn = (id: string, number: number) =>
      post(number, `/decisions/${id}/vote`, { voterType: number % 4 < 2 ? 'ceo' : 'dao', vote: 'approve', round: 1 });

    /** Connections that began a transaction and have not said a word for so long. */
    async function stuck(forMs: number): Promise<unknown[]> {
      const { rows } = await stage.looker.query(
        `select pid, state, query from pg_stat_activity where datname = current_database() and application_name = 'boardroom'
         and state like 'idle in transaction%' and state_change < now() - $1 * interval '1 millisecond'`,
        [forMs],
      );
      return rows;
    }

    function expectHonest(answers: readonly Told[], ...also: number[]): void {
      for (const { status, code, retryAfter } of answers) {
        expect([200, 201, 409, 503, ...also], code).toContain(status);
        if (status === 503) expect([code, Number(retryAfter)]).toEqual(['dependency_unavailable', expect.any(Number)]);
      }
    }

    /** Under load: /health answers in time on every replica, and no connection falls asleep. */
    async function watched<T>(what: string, load: () => Promise<T>): Promise<T> {
      const stops = stage.replicas.map(({ url }) => watchHealth(url));
      const asleep: unknown[] = [];
      let loaded = false;
      const looking = (async () => {
        while (!loaded) {
          asleep.push(...(await stuck(idleInTransactionMs)));
          await sleep(100);
        }
      })();
      try {
        return await load();
      } finally {
        loaded = true;
        await looking;
        for (const health of await Promise.all(stops.map((stop) => stop()))) {
          console.info(`${what}, /health under load ${describeHealth(health)}; quiet ${describeHealth(quiet)}`);
          expect(health.failures).toEqual([]);
          // Where even the quiet answer is slow, the machine is at work for others.
          expect(health.medianMs).toBeLessThanOrEqual(Math.max(healthMsMax, 20 * quiet.medianMs));
        }
        expect(asleep).toEqual([]);
      }
    }

    /** All ten places of each pool are there again: as many writes at once succeed, twice over. */
    async function expectUnharmed(): Promise<void> {
      const answers = await Promise.all(Array.from({ length: 20 * count }, (_, number) => giveTask(number)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
      await eventually(async () => (await stuck(0)).length === 0 || undefined, { what: 'the end of all transactions' });
    }

    it('to one decision are all answered, and two of them count', async () => {
      const answers = await watched('one decision', async () => {
        const all: Told[] = [];
        for (let time = 0; time < bursts; time += 1) {
          const id = await propose();
          const answered = await burst((number) => voteOn(id, number));
          expect(answered.filter(({ status }) => status === 200)).toHaveLength(2);
          all.push(...answered);
        }
        return all;
      });
      expectHonest(answers);
      await expectUnharmed();
    });

    it('to one task are all answered, and one of them counts', async () => {
      const answers = await watched('one task', async () => {
        const all: Told[] = [];
        for (let time = 0; time < bursts; time += 1) {
          const { id } = await giveTask();
          const answered = await burst((number) => post(number, `/tasks/${id}/cancel`, {}));
          expect(answered.filter(({ status }) => status === 200)).toHaveLength(1);
          all.push(...answered);
        }
        return all;
      });
      expectHonest(answers);
      await expectUnharmed();
    });

    it('to sixty decisions are all answered, and two of each count', async () => {
      const answers = await watched('sixty decisions', async () => {
        const all: Told[] = [];
        for (let time = 0; time < bursts; time += 1) {
          const ids = await Promise.all(Array.from({ length: 60 }, (_, number) => propose(number)));
          const answered = await burst((number) => voteOn(ids[Math.floor(number / 4) % 60] ?? '', number));
          // 200 requests in fours: fifty decisions get both voters, each twice.
          expect(answered.filter(({ status }) => status === 200)).toHaveLength(100);
          all.push(...answered);
        }
        return all;
      });
      expectHonest(answers);
      await expectUnharmed();
    });

    it('to a decision whose row somebody holds end in 503 within bounds, and leave no trace', async () => {
      const id = await propose();
      await stage.looker.query(`begin; select from decisions where id = '${id}' for update`);
      const since = performance.now();
      const answers = await watched('a row that is held', () => burst((number) => voteOn(id, number)));
      expect(performance.now() - since).toBeLessThan(60_000);
      await stage.looker.query('rollback');
      expectHonest(answers);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
      const { rowCount } = await stage.looker.query('select 1 from decision_votes where decision_id = $1', [id]);
      expect(rowCount).toBe(0);
      await expectUnharmed();
    });

    it.each([
      ['while they wait for a row that somebody holds', true],
      ['while they are under way', false],
    ])('do not keep a process from ending within 10 s of SIGTERM %s', async (_when, held) => {
      const ending = await startReplicas(count, { DATABASE_POOL_SIZE: '10' });
      try {
        const url = ending.replicas[0]?.url ?? '';
        const send = (path: string, body: object) => call(`${url}${path}`, 'POST', { body }).catch(() => undefined);
        const decision = (await send('/decisions', { title: 'Buy a newspaper' }))?.body.id;
        if (held) await ending.looker.query(`begin; select from decisions where id = '${decision}' for update`);
        let over = false;
        const confirmed: string[] = [];
        const senders = Array.from({ length: writesAtOnce }, async (_, number) => {
          while (!over) {
            const body = { voterType: 'ceo', vote: 'approve', round: 1 };
            if (held && number % 2 === 0) await send(`/decisions/${decision}/vote`, body);
            const told = await send('/tasks', { title: 'Print it', assignTo: 'cmo' });
            if (!told) return;
            if (told.status === 201) confirmed.push(told.body.task.id);
          }
        });
        await sleep(1_500);
        const since = performance.now();
        const code = await ending.replicas[0]?.end('SIGTERM');
        const tookMs = performance.now() - since;
        over = true;
        await Promise.all(senders);
        console.info(`ended ${Math.round(tookMs)} ms after SIGTERM, ${confirmed.length} writes confirmed`);
        expect([code, tookMs < 10_000]).toEqual([0, true]);
        await ending.looker.query('rollback');
        await expectWhole(ending, confirmed);
      } finally {
        await ending.dispose();
      }
    });

    /** What was confirmed is there, each with its event, and nothing without. */
    async function expectWhole({ looker }: Replicas, confirmed: readonly string[]): Promise<void> {
      const { rows } = await looker.query<{ id: string; told: number }>(
        `select t.id, (select count(*)::int from events e
           where e.event_type = 'task_created' and e.payload->>'taskId' = t.id) as told from tasks t`,
      );
      expect(rows.filter(({ told }) => told !== 1)).toEqual([]);
      const there = new Set(rows.map(({ id }) => id));
      expect(confirmed.filter((id) => !there.has(id))).toEqual([]);
    }
  });
});

const describeHealth = ({ medianMs, p95Ms, maxMs, count }: HealthSeen): string =>
  `${[medianMs, p95Ms, maxMs].map((ms) => Math.round(ms)).join('/')} ms (median/p95/max of ${count})`;
