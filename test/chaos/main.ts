import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

/** The storm for as long as one likes: `npm run chaos -- --kills 500 --seed 7`. */
const { values } = parseArgs({ options: { kills: { type: 'string', default: '500' }, seed: { type: 'string' } } });
const vitest = ['vitest', 'run', '--project', 'chaos', '--disable-console-intercept', 'test/chaos/storm.test.ts'];
const child = spawn('npx', vitest, {
  stdio: 'inherit',
  env: { ...process.env, CHAOS_KILLS: values.kills, ...(values.seed !== undefined && { CHAOS_SEED: values.seed }) },
});
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
