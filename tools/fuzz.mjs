// npm run fuzz -- --inputs 1000000 --seed 7: the fuzz test, for as long as you like.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { inputs: { type: 'string', default: '100000' }, seed: { type: 'string' } } });
for (const [name, value] of Object.entries(values)) {
  if (!/^[1-9]\d{0,9}$/.test(value))
    throw new Error(`--${name}: "${value}" is not allowed: must be a whole number above 0`);
}
const env = { ...process.env, FUZZ_INPUTS: values.inputs, ...(values.seed && { FUZZ_SEED: values.seed }) };
const args = ['vitest', 'run', '--project', 'integration', 'test/security/fuzz.test.ts'];
spawn('npx', args, { env, stdio: 'inherit' }).on('exit', (code) => {
  process.exitCode = code ?? 1;
});
