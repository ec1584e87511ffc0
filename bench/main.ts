import { mkdir, writeFile } from 'node:fs/promises';
import { arch, cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { openMachine, whatIsMissing } from './machine.ts';
import { measure } from './measure.ts';
import { endAll } from './parts/running.ts';
import { type Outcome, tableHead, tableLine } from './report.ts';
import type { Bench, Row } from './row.ts';
import { rows } from './rows.ts';

const roundsMin = 5;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: String(roundsMin) },
    events: { type: 'string', default: '5000000' },
    json: { type: 'string', default: 'bench/results/latest.json' },
  },
});

async function take(row: Row, bench: Bench): Promise<Outcome> {
  const why = await whatIsMissing(row.needs);
  if (why !== undefined) return { kind: 'skipped', why };
  try {
    const sides = await row.open(bench);
    try {
      return { kind: 'measured', ...(await measure(row, sides, Number(values.rounds))) };
    } finally {
      await sides.close();
    }
  } catch (error) {
    process.stderr.write(`${row.name}: ${error instanceof Error ? error.stack : String(error)}\n`);
    return { kind: 'failed', why: error instanceof Error ? error.message : String(error) };
  } finally {
    await endAll();
  }
}

async function main(): Promise<number> {
  const unknown = values.only.filter((name) => !rows.some((row) => row.name === name));
  if (unknown.length > 0)
    throw new Error(
      `--only: there is no row "${unknown.join(', ')}"; rows: ${rows.map(({ name }) => name).join(', ')}`,
    );
  const chosen = rows.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
  const machine = await openMachine(Number(values.events));
  const outcomes: Record<string, Omit<Row, 'open' | 'name'> & { outcome: Outcome }> = {};
  process.stdout.write(`${tableHead()}\n`);
  try {
    for (const row of chosen) {
      const outcome = await take(row, machine.bench);
      process.stdout.write(`${tableLine(row, outcome)}\n`);
      const { name, open: _open, ...rest } = row;
      outcomes[name] = { ...rest, outcome };
    }
  } finally {
    await machine.close();
  }
  await mkdir(dirname(values.json), { recursive: true });
  const host = { cpus: cpus().length, memory: totalmem(), arch: arch(), node: process.version };
  await writeFile(values.json, `${JSON.stringify({ at: new Date().toISOString(), host, rows: outcomes }, null, 2)}\n`);
  return Object.values(outcomes).some(({ outcome }) => outcome.kind === 'failed') ? 1 : 0;
}

// A row that failed may have left something open, which would keep us here for ever.
process.exit(await main());
