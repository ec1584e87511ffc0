import type { LeaderboardEntry } from '../../contracts/benchmark.ts';
import { iso } from '../platform/iso.ts';
import type { Standing } from './standings-store.ts';

/** Best first. A mean over few tasks says less than one over many, so whoever was measured at more tasks goes before. */
export function leaderboardOf(standings: readonly Standing[]): LeaderboardEntry[] {
  const models = [...new Set(standings.map(({ model }) => model))];
  const entries = models.map((model) =>
    entryOf(
      model,
      standings.filter((standing) => standing.model === model),
    ),
  );
  entries.sort((a, b) => b.tasks.length - a.tasks.length || b.score - a.score || a.model.localeCompare(b.model));
  return entries.map((entry, at) => ({ rank: at + 1, ...entry }));
}

function entryOf(model: string, standings: readonly Standing[]): Omit<LeaderboardEntry, 'rank'> {
  const tasks = standings.map(({ task, score, runs }) => ({ task, score, runs }));
  return {
    model,
    score: mean(tasks.map(({ score }) => score)) ?? 0,
    tasks: tasks.sort((a, b) => a.task.localeCompare(b.task)),
    firstTokenMs: whole(mean(standings.flatMap(({ firstTokenMs }) => firstTokenMs ?? []))),
    totalMs: whole(mean(standings.flatMap(({ totalMs }) => totalMs ?? []))),
    costMicroUsd: standings.reduce((total, { costMicroUsd }) => total + costMicroUsd, 0),
    lastRunAt: iso(Math.max(...standings.map(({ lastRunAt }) => lastRunAt))),
  };
}

const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;

const whole = (value: number | undefined): number | null => (value === undefined ? null : Math.round(value));
