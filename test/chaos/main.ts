import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

/** The storm for as long as one likes: `npm run chaos -- --kills 500 --seed 7 --runtime process`. */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '500' },
    seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
    runtime: { type: 'string', default: 'docker' },
  },
});
const vitest = ['vitest', 'run', '--project', 'chaos', '--disableConsoleIntercept=true', 'test/chaos/storm.test.ts'];
const { kills, seed, runtime } = values;
const child = spawn('npx', vitest, {
  stdio: 'inherit',
  env: { ...process.env, CHAOS_KILLS: kills, CHAOS_SEED: seed, CHAOS_RUNTIME: runtime },
});
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
