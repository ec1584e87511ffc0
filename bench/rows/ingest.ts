import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startWorker } from '../parts/worker.ts';
import type { Row } from '../row.ts';

const run = promisify(execFile);
const size = 100;
const batches = 100;

const payload = JSON.stringify({ agentType: 'ceo', severity: 'info', message: 'x'.repeat(100), actor: 'system' });
const line = `alert_raised\t\\N\tceo\t${payload}\t2030-01-01T00:00:00Z\n`;

export const ingest: Row = {
  name: 'event-ingest',
  about: 'events through the unit of work, a hundred to a transaction, against one COPY of as many',
  unit: '/s',
  better: 'higher',
  goal: { ratio: 0.5 },
  needs: ['psql'],
  async open(bench) {
    const database = await bench.createDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'boardroom-bench-'));
    const file = join(folder, 'events.tsv');
    await writeFile(file, line.repeat(size * batches));
    const services = startWorker(new URL('../parts/services.worker.ts', import.meta.url));
    await services.call('open', { databaseUrl: database.url });
    const copy = `\\copy events (event_type, source_agent, agent_type, payload, created_at) from '${file}'`;
    return {
      ours: async () => (size * batches * 1_000) / (await services.call<number>('ingest', { batches, size })),
      async reference() {
        const { stdout } = await run('psql', ['-X', '-c', '\\timing on', '-c', copy, database.url]);
        return (size * batches * 1_000) / Number(/Time: ([\d.]+)/.exec(stdout)?.[1]);
      },
      async close() {
        await Promise.all([services.end(), rm(folder, { recursive: true })]);
        await database.drop();
      },
    };
  },
};
