// A process of its own with a process runtime in it, so that a test can kill -9 an orchestrator.
// process-host.ts <home> start <spec as JSON>: starts the instance; process-host.ts <home> hold: launches, and says no word.
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstanceSpec } from '../../src/orchestrator/agents/runtime.ts';
import { systemClock } from '../../src/orchestrator/platform/clock.ts';
import { launchHeld } from '../../src/orchestrator/platform/process-launch.ts';
import { createProcessRuntime } from '../../src/orchestrator/platform/process-runtime.ts';
import { standInEntry } from './stand-in.ts';

const [home = '', mode, spec = ''] = process.argv.slice(2);
const answer = createWriteStream('', { fd: 1 });

if (mode === 'hold') {
  const output = await open(join(home, 'held.log'), 'a');
  const environment = { PATH: '/usr/bin:/bin' };
  const held = await launchHeld({ entry: standInEntry, folder: home, environment, output: output.fd });
  answer.write(`${held.pid}\n`);
} else {
  const runtime = createProcessRuntime({ entry: standInEntry, home, clock: systemClock, onError: console.error });
  const { containerId } = await runtime.start(JSON.parse(spec) as InstanceSpec);
  answer.write(`${containerId}\n`);
}
setInterval(() => undefined, 60_000);
