import { describe, expect, it } from 'vitest';
import { createUsageCounter } from '../../src/orchestrator/domains/usage-counter.ts';
import type { UsageRow } from '../../src/orchestrator/domains/usage-store.ts';
import { fakeClock } from '../support/fake-clock.ts';

const hourMs = 3_600_000;

function stage() {
  const time = fakeClock(10 * hourMs);
  const saved: UsageRow[][] = [];
  const errors: unknown[] = [];
  let isAway = false;
  const counter = createUsageCounter({
    clock: time.clock,
    flushMs: 1_000,
    onError: (error) => errors.push(error),
    async save(rows) {
      if (isAway) throw new Error('the database is away');
      saved.push([...rows]);
    },
  });
  counter.start();
  const away = (is: boolean) => {
    isAway = is;
  };
  return { time, saved, errors, counter, away };
}

const row = (domain: string, counts: Partial<UsageRow> = {}): UsageRow => ({
  hour: 10 * hourMs,
  domain,
  agentType: 'cmo',
  allowed: 0,
  denied: 0,
  ...counts,
});

describe('attempts', () => {
  it('are written down together, one row for each domain, agent and hour', async () => {
    const { time, saved, counter } = stage();
    for (let count = 0; count < 3; count += 1) counter.count('cmo', '*.example.com', 'allowed');
    counter.count('cmo', 'evil.test', 'denied');
    counter.count('cfo', 'evil.test', 'denied');
    await time.advance(1_000);
    counter.count('cmo', 'evil.test', 'denied');
    await time.advance(hourMs);
    counter.count('cmo', 'evil.test', 'denied');
    await counter.stop();
    expect(saved).toEqual([
      [
        row('*.example.com', { allowed: 3 }),
        row('evil.test', { denied: 1 }),
        row('evil.test', { agentType: 'cfo', denied: 1 }),
      ],
      [row('evil.test', { denied: 1 })],
      [row('evil.test', { hour: 11 * hourMs, denied: 1 })],
    ]);
  });

  it('wait while the database is away, and are added up', async () => {
    const { time, saved, errors, counter, away } = stage();
    away(true);
    counter.count('cmo', 'evil.test', 'denied');
    await time.advance(1_000);
    counter.count('cmo', 'evil.test', 'denied');
    await time.advance(1_000);
    expect(errors).toHaveLength(2);
    away(false);
    await time.advance(1_000);
    expect(saved).toEqual([[row('evil.test', { denied: 2 })]]);
  });

  it('at more hosts than an agent may fill our books with are counted as one', async () => {
    const { saved, counter } = stage();
    for (let host = 0; host < 150; host += 1) counter.count('cmo', `h${host}.test`, 'denied');
    counter.count('cfo', 'other.test', 'denied');
    await counter.stop();
    expect(saved[0]).toHaveLength(102);
    expect(saved[0]).toContainEqual(row('*', { denied: 50 }));
    expect(saved[0]).toContainEqual(row('other.test', { agentType: 'cfo', denied: 1 }));
  });

  it('at what is no name are counted without it', async () => {
    const { saved, counter } = stage();
    for (const target of ['a b', 'x'.repeat(300), '\u0000', '<script>', '']) counter.count('cmo', target, 'denied');
    await counter.stop();
    expect(saved).toEqual([[row('*', { denied: 5 })]]);
  });
});
