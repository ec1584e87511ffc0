import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { systemChance } from '../../src/orchestrator/platform/identity.ts';
import { createDice, type Dice } from '../support/dice.ts';

/** Transactions that take their places in the log and commit long after others that came later, or not at all. */
export interface LateWriters {
  /** So many committed. */
  commits(): number;
  stop(): Promise<void>;
}

const readers = ['ceo', 'dao', 'cmo', 'cto', 'cfo', 'coo', 'cco'] as const;

const insertMessage = `insert into messages (id, to_agent, from_actor, body, priority, data, created_at, wake_at)
  values ($1, $2, 'operator:late', $3, 'high', '{}', now(), now())`;
const insertEvent = `insert into events (event_type, agent_type, payload, created_at)
  values ('message_sent', $1, $2, now())`;

export async function startLateWriters(databaseUrl: string, seed: number): Promise<LateWriters> {
  const stopping = new AbortController();
  let commits = 0;

  async function write(client: pg.Client, dice: Dice, number: number): Promise<void> {
    const [to, id, body] = [dice.pick(readers), systemChance.id('msg'), `late ${seed} ${number}`];
    const actor = 'operator:late';
    const payload = { agentType: to, messageId: id, from: actor, message: body, priority: 'high', actor };
    await client.query('begin');
    await client.query(insertMessage, [id, to, body]);
    await client.query(insertEvent, [to, payload]);
    await sleep(dice.whole(20, 1_200));
    const end = dice.pick(['commit', 'commit', 'commit', 'rollback']);
    await client.query(end);
    if (end === 'commit') commits += 1;
  }

  async function run(writer: number): Promise<void> {
    const dice = createDice(seed, `late writer ${writer}`);
    const client = new pg.Client(databaseUrl);
    await client.connect();
    for (let number = 1; !stopping.signal.aborted; number += 1) {
      await write(client, dice, number);
      await sleep(dice.whole(100, 1_500));
    }
    await client.end();
  }

  const running = Promise.all([1, 2].map(run));
  return {
    commits: () => commits,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
