import type Dockerode from 'dockerode';
import type { Container, ContainerCreateOptions } from 'dockerode';
import type { Clock } from './clock.ts';
import {
  type CodeRunner,
  codeMsMax,
  failed,
  heapMebibytes,
  nodeArguments,
  outputBytesMax,
  resultOf,
  tooLate,
  tooMuchCode,
  tooMuchOutput,
} from './code-runner.ts';
import { withDeadline } from './deadline.ts';
import { logText } from './docker-logs.ts';
import { labels } from './docker-names.ts';
import { unless } from './docker-status.ts';

interface Deps {
  readonly docker: Dockerode;
  readonly teamId: string;
  /** Ours, with Node in it. */
  readonly image: string;
  readonly clock: Clock;
}

const bytesPerMebibyte = 1024 * 1024;
/** Node itself needs some beside the heap. */
const memoryMebibytes = heapMebibytes + 96;
/** To make, start and remove the container, besides the time of the code. */
const engineMsMax = 30_000;
/** Less than the time on the clock, of which a busy machine gives but a part. */
const cpuSeconds = 5;

/**
 * A container for each piece of code: no network, nothing to write to, nobody's capabilities, and gone with its end. Should we die in
 * the middle, the kernel ends it after so many seconds of processor time, and the engine removes it.
 */
export function createDockerCodeRunner({ docker, teamId, image, clock }: Deps): CodeRunner {
  async function printedBy(container: Container, signal: AbortSignal): Promise<string> {
    const output = await container.attach({ stream: true, stdout: true, abortSignal: signal });
    try {
      await container.start({ abortSignal: signal });
      let printed = '';
      for await (const piece of logText(output as AsyncIterable<Buffer>)) {
        printed += piece;
        if (printed.length > outputBytesMax) throw new TooMuch();
      }
      return printed;
    } finally {
      // What was an upgraded connection is ended by nobody else.
      (output as NodeJS.ReadWriteStream & { destroy(): void }).destroy();
    }
  }

  return {
    kind: 'docker',
    async run(code, signal) {
      signal.throwIfAborted();
      const given = nodeArguments(code);
      if (!given) return tooMuchCode;
      // The body apart: dockerode writes what it is given into the address as well.
      const request = { _query: {}, _body: specOf({ teamId, image, given }) };
      const container = await withDeadline({ clock, ms: engineMsMax, what: 'making a container for code' }, (late) =>
        docker.createContainer({ ...request, abortSignal: late }),
      );
      try {
        return resultOf(
          await withDeadline({ clock, ms: codeMsMax + engineMsMax, what: 'running code' }, (late) =>
            printedBy(container, AbortSignal.any([late, signal])),
          ),
        );
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof TooMuch) return failed(tooMuchOutput);
        const { State } = (await container.inspect().catch(unless(404))) ?? {};
        if (State?.Running) return failed(tooLate);
        throw error;
      } finally {
        await container.remove({ force: true, v: true }).catch(unless(404, 409));
      }
    },
  };
}

class TooMuch extends Error {
  override readonly name = 'TooMuch';
}

const specOf = (made: { teamId: string; image: string; given: string[] }): ContainerCreateOptions => ({
  Image: made.image,
  Entrypoint: ['node'],
  Cmd: made.given,
  User: '1000:1000',
  WorkingDir: '/',
  Env: [],
  Labels: { [labels.team]: made.teamId, [labels.code]: 'benchmark' },
  NetworkDisabled: true,
  Healthcheck: { Test: ['NONE'] },
  HostConfig: {
    NetworkMode: 'none',
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges:true'],
    ReadonlyRootfs: true,
    IpcMode: 'private',
    AutoRemove: true,
    Memory: memoryMebibytes * bytesPerMebibyte,
    MemorySwap: memoryMebibytes * bytesPerMebibyte,
    NanoCpus: 1_000_000_000,
    PidsLimit: 32,
    Ulimits: [
      { Name: 'cpu', Soft: cpuSeconds, Hard: cpuSeconds },
      { Name: 'core', Soft: 0, Hard: 0 },
    ],
    LogConfig: { Type: 'none', Config: {} },
  },
});
