import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../test/support/eventually.ts';
import { openOrchestrator } from '../parts/orchestrator.ts';
import { mebibytes, memoryOf } from '../parts/proc.ts';
import type { Row } from '../row.ts';

export const orchestratorMemory: Row = {
  name: 'orchestrator-memory',
  about: 'resident memory of the orchestrator with the seven agents of the profiles folder connected and idle',
  unit: 'MiB',
  better: 'lower',
  goal: { figure: 150 },
  needs: ['linux'],
  async open(bench) {
    const database = await bench.createDatabase();
    const orchestrator = await openOrchestrator(database.url, { BOARDROOM_AGENTS: 'all' });
    await eventually(
      async () => {
        const metrics = await (await fetch(`${orchestrator.url}/metrics`)).text();
        return metrics.includes('boardroom_sockets{kind="agent"} 7') || undefined;
      },
      { withinMs: 60_000, what: 'seven agents connected' },
    );
    return {
      async ours() {
        await sleep(3_000);
        return mebibytes((await memoryOf(orchestrator.pid)).resident);
      },
      async close() {
        await orchestrator.close();
        await database.drop();
      },
    };
  },
};
