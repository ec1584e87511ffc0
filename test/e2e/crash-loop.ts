import pg from 'pg';
import { expect } from 'vitest';

/** One life, as the database has it; milliseconds since 1970. */
export interface Life {
  readonly agentType: string;
  readonly createdAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** All lives there have been, oldest first. */
export async function livesIn(databaseUrl: string): Promise<readonly Life[]> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const at = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;
    const { rows } = await client.query<Life>(
      `select agent_type as "agentType", ${at('created_at')} as "createdAt", ${at('started_at')} as "startedAt",
        ${at('ended_at')} as "endedAt" from agent_instances order by created_at`,
    );
    return rows;
  } finally {
    await client.end();
  }
}

/** How many were being started at the same moment, at most: from the row that is made first to the note that it runs. */
export function startsAtOnce(lives: readonly Life[]): number {
  const steps = lives.flatMap(({ createdAt, startedAt }) => [
    { at: createdAt, by: 1 },
    { at: startedAt, by: -1 },
  ]);
  // What ends in the same millisecond in which another begins made room for it.
  steps.sort((a, b) => a.at - b.at || a.by - b.by);
  let now = 0;
  return Math.max(0, ...steps.map(({ by }) => (now += by)));
}

/** The first restart is at once, then the back-off doubles; each is counted from the end before. */
export function expectBackOff(lives: readonly Life[], backoffMs: number): void {
  for (const [index, life] of lives.entries()) {
    const before = lives[index - 1];
    if (!before) continue;
    const delayMs = index === 1 ? 0 : backoffMs * 2 ** (index - 2);
    expect(life.createdAt, `life ${index + 1} of ${life.agentType}`).toBeGreaterThanOrEqual(before.endedAt + delayMs);
  }
}

/** Of so many per cent of the values, none is greater. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}
