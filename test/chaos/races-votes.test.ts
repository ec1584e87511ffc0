import pLimit from 'p-limit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Vote } from '../../src/contracts/decision.ts';
import { defaultDecisionPolicy } from '../../src/contracts/policy.ts';
import { type Ballot, tally, type Verdict } from '../../src/orchestrator/decisions/rules.ts';
import { call } from '../support/boardroom.ts';
import { eventually } from '../support/eventually.ts';
import { describeRedis } from '../support/redis.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';
import { type Seeded, seeded } from '../support/seeded.ts';
import { openSocket, type SocketClient } from '../support/socket-client.ts';

const decisionsMax = 1_000;
const rule = defaultDecisionPolicy.tiers.major;
const roundsMax = 3;
const voters = ['ceo', 'dao'] as const;
/** Weighed so that every end is common: both agree, both veto, one abstains, they split once or three times. */
const words: readonly [Vote, ...Vote[]] = ['approve', 'approve', 'approve', 'veto', 'veto', 'abstain'];

/** What a round came to, by the ballots that were accepted. */
interface Round {
  readonly ballots: readonly Ballot[];
  readonly verdict: Verdict['kind'];
}

describeRedis('two orchestrators on one database and one Redis', () => {
  let stage: Replicas;
  let dashboards: SocketClient[];
  beforeAll(async () => {
    stage = await startReplicas(2);
    dashboards = await Promise.all(stage.replicas.map(({ url }) => openSocket(url)));
  });
  afterAll(async () => {
    for (const dashboard of dashboards ?? []) dashboard.close();
    await stage?.dispose();
  });

  const post = (replica: number, path: string, body: object) =>
    call(`${stage.replicas[replica % 2]?.url}${path}`, 'POST', { body });

  /** Both voters, each twice, the copies on different replicas and sometimes of different mind, all at once. */
  async function holdRound(id: string, round: number, chance: Seeded): Promise<Round> {
    const ballots = voters.flatMap((voterType, at) => {
      const vote = chance.pick(words);
      const again = chance.fraction() < 0.7 ? vote : chance.pick(words);
      return [
        { voterType, vote, replica: at },
        { voterType, vote: again, replica: at + 1 },
      ];
    });
    const answers = await Promise.all(
      chance.shuffle(ballots).map(async ({ replica, ...ballot }) => {
        const { status, body } = await post(replica, `/decisions/${id}/vote`, { ...ballot, round });
        if (status !== 200) expect(['vote_already_cast', 'decision_closed', 'decision_escalated']).toContain(body.code);
        return status === 200 ? [ballot] : [];
      }),
    );
    const accepted = answers.flat();
    expect(accepted.map(({ voterType }) => voterType).sort(), `${id}, round ${round}`).toEqual([...voters]);
    return { ballots: accepted, verdict: tally({ rule, round, roundsMax, ballots: accepted }).kind };
  }

  async function decide(chance: Seeded, number: number): Promise<[string, Round[]]> {
    const { body } = await post(number, '/decisions', { title: `Buy a newspaper, ${number}` });
    const rounds: Round[] = [];
    do rounds.push(await holdRound(body.id, rounds.length + 1, chance));
    while (rounds.at(-1)?.verdict === 'next_round');
    return [body.id, rounds];
  }

  /** How often each decision has an event of this type. */
  async function told(eventType: string): Promise<Map<string, number>> {
    const { rows } = await stage.looker.query<{ id: string; count: number }>(
      `select payload->>'decisionId' as id, count(*)::int from events
       where event_type = $1 and payload ? 'decisionId' group by 1`,
      [eventType],
    );
    return new Map(rows.map(({ id, count }) => [id, count]));
  }

  it('settle 1,000 decisions, on which everybody votes twice and at once, exactly once each and as the rule says', {
    timeout: 300_000,
  }, async () => {
    const chance = seeded();
    const atOnce = pLimit(16);
    const course = new Map(
      await Promise.all(Array.from({ length: decisionsMax }, (_, number) => atOnce(() => decide(chance, number)))),
    );
    const endOf = (id: string) => course.get(id)?.at(-1)?.verdict;
    const idsThat = (...ends: Verdict['kind'][]) =>
      [...course.keys()].filter((id) => ends.includes(endOf(id) ?? 'wait'));
    const onceEach = (ids: readonly string[]) => new Map(ids.map((id) => [id, 1]));
    // All ends have come up, or this proves less than it says.
    for (const end of ['approve', 'veto', 'escalate'] as const) expect(idsThat(end).length).toBeGreaterThan(10);

    expect(await told('decision_resolved')).toEqual(onceEach(idsThat('approve', 'veto')));
    expect(await told('escalation_created')).toEqual(onceEach(idsThat('escalate')));
    const splits = [...course].filter(([, rounds]) => rounds.length > 1);
    expect(await told('decision_round_started')).toEqual(
      new Map(splits.map(([id, rounds]) => [id, rounds.length - 1])),
    );
    expect(await told('decision_voted')).toEqual(new Map([...course].map(([id, rounds]) => [id, 2 * rounds.length])));
    expect(await votesOnRecord()).toEqual(votesAccepted(course));
    expect(await statuses()).toEqual(new Map([...course.keys()].map((id) => [id, statusAfter[endOf(id) ?? 'wait']])));

    await answerTwice(idsThat('escalate'), atOnce);
    expect(await told('decision_resolved')).toEqual(onceEach([...course.keys()]));
    for (const dashboard of dashboards) await expectWholeLog(dashboard);
  });

  const statusAfter = {
    approve: 'approved',
    veto: 'vetoed',
    escalate: 'escalated',
    next_round: 'pending',
    wait: 'pending',
  } satisfies Record<Verdict['kind'], string>;

  async function statuses(): Promise<Map<string, string>> {
    const { rows } = await stage.looker.query<{ id: string; status: string }>('select id, status from decisions');
    return new Map(rows.map(({ id, status }) => [id, status]));
  }

  async function votesOnRecord(): Promise<string[]> {
    const { rows } = await stage.looker.query<{ line: string }>(
      `select decision_id || ' ' || round || ' ' || voter_type || ' ' || vote as line from decision_votes`,
    );
    return rows.map(({ line }) => line).sort();
  }

  const votesAccepted = (course: ReadonlyMap<string, readonly Round[]>): string[] =>
    [...course]
      .flatMap(([id, rounds]) =>
        rounds.flatMap(({ ballots }, at) =>
          ballots.map(({ voterType, vote }) => `${id} ${at + 1} ${voterType} ${vote}`),
        ),
      )
      .sort();

  /** Two humans at once, of different mind, on different replicas: one of them is heard. */
  async function answerTwice(ids: readonly string[], atOnce: ReturnType<typeof pLimit>): Promise<void> {
    const answers = (['approve', 'reject'] as const).map((decision) => ({ decision, reason: 'so be it' }));
    const ends = ids.map((id) =>
      atOnce(() => Promise.all(answers.map((answer, at) => post(at, `/decisions/${id}/resolve`, answer)))),
    );
    for (const both of await Promise.all(ends)) expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  }

  /** Each event that was written since it connected, once, in order. */
  async function expectWholeLog({ frames }: SocketClient): Promise<void> {
    const hello = frames[0]?.type === 'hello' ? frames[0].payload.seq : expect.fail('the first frame is no hello');
    const { rows } = await stage.looker.query<{ seq: string }>('select seq from events where seq > $1 order by seq', [
      hello,
    ]);
    const log = rows.map(({ seq }) => Number(seq));
    const shown = () => frames.flatMap(({ type, seq }) => (type === 'event' && seq !== undefined ? [seq] : []));
    await eventually(() => shown().at(-1) === log.at(-1) || undefined, { what: 'the last event', withinMs: 30_000 });
    expect(shown()).toEqual(log);
  }
});
