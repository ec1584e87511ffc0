import pg from 'pg';
import { expect } from 'vitest';
import type { JsonValue } from '../../src/contracts/primitives.ts';
import { tokenOf } from './agent-token.ts';
import { type BillingProvider, startBillingProvider } from './billing-provider.ts';
import { startBoardroom } from './boardroom.ts';
import { eventually } from './eventually.ts';

/** What agents' clients of either dialect call. */
export const fronts = ['/llm/v1/chat/completions', '/llm/v1/messages'] as const;
export type Front = (typeof fronts)[number];

/** The record of a call. */
export interface Booked {
  readonly model: string;
  readonly status: string;
  /** Fresh input, output, read from the cache, written to it. */
  readonly tokens: readonly (number | null)[];
  /** In millionths of a dollar. */
  readonly cost: number;
  readonly attempts: number;
  readonly error: string | null;
}

export interface Asking {
  readonly front: Front;
  readonly stream: boolean;
  readonly [field: string]: unknown;
}

/** A whole orchestrator whose providers all say what they are told to, an agent that asks it, and its books. */
export interface CentsStage {
  readonly provider: BillingProvider;
  set(category: string, key: string, value: JsonValue): Promise<void>;
  ask(model: string, asking: Asking): Promise<{ readonly status: number; readonly text: string }>;
  /** The records that `work` makes, so many; usage and budgets have grown by just as much, and nothing is left reserved. */
  booked(count: number, work: () => Promise<unknown>): Promise<readonly Booked[]>;
  close(): Promise<void>;
}

/** As the environment names them, and where in the provider's place each of them is. */
const places = {
  ANTHROPIC: 'anthropic',
  OPENAI: 'openai/v1',
  OPENROUTER: 'openrouter/v1',
  GEMINI: 'gemini/v1',
  OLLAMA: 'ollama',
  CUSTOM_LLM: 'custom/v1',
};

export const messages = [{ role: 'user', content: 'How are you?' }];

export async function openCentsStage(): Promise<CentsStage> {
  const provider = await startBillingProvider();
  const environment = Object.entries(places).flatMap(([name, place]) => [
    [`${name}_API_KEY`, 'sk-key'],
    [`${name}_BASE_URL`, `${provider.url}/${place}`],
  ]);
  const room = await startBoardroom({
    BOARDROOM_AGENTS: 'cmo',
    AGENT_CALLS_PER_SECOND: '1000',
    LLM_RETRY_MS: '1',
    ...Object.fromEntries(environment),
  });
  const client = new pg.Client(room.databaseUrl);
  await client.connect();
  const isConnected = async () => (await room.call('GET', '/agents/cmo')).body.connected || undefined;
  await eventually(isConnected, { withinMs: 30_000, what: 'a connected CMO' });
  const token = await tokenOf(room, 'cmo');

  const set = async (category: string, key: string, value: JsonValue) => {
    const { status, body } = await room.call('POST', `/settings/${category}/${key}`, { body: { value } });
    expect([status, body]).toEqual([200, expect.anything()]);
  };
  // Far enough away never to be in the way, and near enough to count each call.
  await set('budgets', 'cmo', { monthly: { usd: 100_000, tokens: 1_000_000_000, calls: 1_000_000 } });

  async function records(): Promise<Booked[]> {
    const { rows } = await client.query("select * from model_calls where agent_type = 'cmo' order by created_at, id");
    const number = (text: string | null) => (text === null ? null : Number(text));
    return rows.map((row) => ({
      model: `${row.provider}/${row.model}`,
      status: row.status,
      tokens: [row.input_tokens, row.output_tokens, row.cache_read_tokens, row.cache_write_tokens].map(number),
      cost: Number(row.cost_micro_usd),
      attempts: row.attempts,
      error: row.error_code,
    }));
  }

  async function usage(): Promise<number[]> {
    const [sums = {}] = (await room.call('GET', '/usage?groupBy=agent&agent=cmo')).body.usage;
    const counts = ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'costMicroUsd'];
    return counts.map((count) => sums[count] ?? 0);
  }

  async function budgets(): Promise<number[]> {
    const { budgets: all } = (await room.call('GET', '/budgets')).body;
    return ['usd', 'tokens'].map((measure) => {
      const { spent, reserved } = all.find(({ budget }: { budget: string }) => budget === `cmo.monthly.${measure}`);
      expect(reserved).toBe(0);
      return spent;
    });
  }

  return {
    provider,
    set,
    async ask(model, { front, ...more }) {
      const response = await fetch(room.gatewayUrl + front, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages, max_tokens: 100, ...more }),
      });
      return { status: response.status, text: await response.text() };
    },
    async booked(count, work) {
      const before = { records: await records(), usage: await usage(), budgets: await budgets() };
      await work();
      const made = await eventually(async () => {
        const now = (await records()).slice(before.records.length);
        return now.length >= count ? now : undefined;
      });
      expect(made).toHaveLength(count);
      const sum = (numbers: readonly (number | null)[]) => numbers.reduce<number>((all, each) => all + (each ?? 0), 0);
      const sums = [0, 1, 2, 3].map((at) => sum(made.map(({ tokens }) => tokens[at] ?? 0)));
      const cost = sum(made.map((each) => each.cost));
      const grown = (after: readonly number[], from: readonly number[]) =>
        after.map((now, at) => now - (from[at] ?? 0));
      expect(grown(await usage(), before.usage)).toEqual([...sums, cost]);
      expect(grown(await budgets(), before.budgets)).toEqual([cost, sum(sums)]);
      return made;
    },
    async close() {
      await client.end();
      await room.dispose();
      provider.close();
    },
  };
}
