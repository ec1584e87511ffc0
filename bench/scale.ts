import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { openMachine, whatIsMissing } from './machine.ts';
import { scaleAgents } from './scale/agents.ts';
import { scaleEvents } from './scale/events.ts';

/** What one more agent, and one more event in the log, costs: it must be the same for the first as for the last. */
const { values } = parseArgs({
  options: {
    agents: { type: 'string', default: '0,7,100,1000' },
    events: { type: 'string', default: '10000,1000000,5000000' },
    seconds: { type: 'string', default: '65' },
    json: { type: 'string', default: 'bench/results/scale.json' },
  },
});

const numbers = (text: string) =>
  text
    .split(',')
    .filter((part) => part !== '')
    .map(Number);
const say = (text: string) => void process.stdout.write(`${text}\n`);

const why = await whatIsMissing(['linux']);
if (why !== undefined) say(`skipped: ${why}`);
else {
  const machine = await openMachine(0);
  try {
    const agents = await scaleAgents(machine.bench, {
      counts: numbers(values.agents),
      seconds: Number(values.seconds),
      say,
    });
    const events = await scaleEvents(machine.bench, { counts: numbers(values.events), say });
    await mkdir(dirname(values.json), { recursive: true });
    await writeFile(values.json, `${JSON.stringify({ at: new Date().toISOString(), agents, events }, null, 2)}\n`);
  } finally {
    await machine.close();
  }
}
