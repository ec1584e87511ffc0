import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/orchestrator/platform/clock.ts';
import { nodeArguments } from '../../src/orchestrator/platform/code-runner.ts';
import { createProcessCodeRunner } from '../../src/orchestrator/platform/process-code.ts';
import { describeCodeRunner } from './hostile-code.ts';

describe('code in a process of its own', () => {
  describeCodeRunner(() => createProcessCodeRunner(systemClock));

  it('even the program around it reads no file, starts nothing, and knows no variable of ours', async () => {
    const given = nodeArguments({ source: '', calls: [] }) ?? [];
    const permission = process.allowedNodeEnvironmentFlags.has('--permission')
      ? '--permission'
      : '--experimental-permission';
    const program = `
      const denied = (work) => { try { work(); return 'allowed'; } catch (error) { return error.code; } };
      console.log(JSON.stringify([
        denied(() => require('node:fs').readFileSync('/etc/hostname')),
        denied(() => require('node:fs').writeFileSync('/tmp/boardroom-was-here', '')),
        denied(() => require('node:child_process').execSync('true')),
        denied(() => new (require('node:worker_threads').Worker)('', { eval: true })),
        denied(() => new Function('return 1')()),
        Object.keys(process.env).length,
      ]))`;
    const flags = given.slice(0, given.indexOf('-e'));
    const { stdout } = await promisify(execFile)(process.execPath, [permission, ...flags, '-e', program], { env: {} });
    const access = 'ERR_ACCESS_DENIED';
    expect(JSON.parse(stdout)).toEqual([access, access, access, access, null, 0]);
  });
});
