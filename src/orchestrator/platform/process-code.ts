import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import type { Clock } from './clock.ts';
import {
  type CodeRunner,
  codeMsMax,
  failed,
  nodeArguments,
  outputBytesMax,
  resultOf,
  tooLate,
  tooMuchCode,
  tooMuchOutput,
} from './code-runner.ts';

/** Node 20 has it under another name. No path is allowed, so no file is read or written; threads and processes are refused, too. */
const permission = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

/**
 * A process of Node for each piece of code. Node's permissions do not cover the network and signals: from these the code is kept by the
 * realm it runs in, which holds nothing of Node's. That is weaker than a container: a flaw of V8 would let it out.
 */
export function createProcessCodeRunner(clock: Clock): CodeRunner {
  return {
    kind: 'process',
    async run(code, signal) {
      signal.throwIfAborted();
      const given = nodeArguments(code, [permission]);
      if (!given) return tooMuchCode;
      const child = spawn(process.execPath, given, { cwd: tmpdir(), env: {}, stdio: ['ignore', 'pipe', 'ignore'] });
      let because: string | undefined;
      const kill = (reason: string) => {
        because ??= reason;
        child.kill('SIGKILL');
      };
      const leave = () => kill('it was cut off');
      signal.addEventListener('abort', leave, { once: true });
      const over = new AbortController();
      void clock.sleep(codeMsMax, over.signal).then(() => over.signal.aborted || kill(tooLate));
      let printed = '';
      child.stdout.setEncoding('utf8').on('data', (piece: string) => {
        printed += piece;
        if (printed.length > outputBytesMax) kill(tooMuchOutput);
      });
      try {
        await once(child, 'close');
      } finally {
        over.abort();
        signal.removeEventListener('abort', leave);
      }
      signal.throwIfAborted();
      return because === undefined ? resultOf(printed) : failed(because);
    },
  };
}
