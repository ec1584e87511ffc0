import type Dockerode from 'dockerode';
import type { Runtime } from './agents/runtime.ts';
import type { Config } from './config.ts';
import type { RuntimeMonitor } from './health.ts';
import type { Clock } from './platform/clock.ts';
import { ensureImage } from './platform/docker-image.ts';
import { createDockerRuntime } from './platform/docker-runtime.ts';
import type { Logger } from './platform/log.ts';
import { createProcessRuntime } from './platform/process-runtime.ts';

export interface ChosenRuntime {
  readonly runtime: Runtime;
  /** Said to the operator when it is not what they might expect. */
  readonly warning: string | undefined;
}

interface Deps {
  readonly config: Config;
  readonly docker: Dockerode;
  readonly teamId: string;
  /** The folder with the Dockerfile. */
  readonly root: string;
  /** The agent's bundle. */
  readonly entry: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** What is going on, while it takes its time. */
  readonly onProgress: (detail: string) => void;
}

const retryMs = 10_000;

/** Docker when it answers and the image is there or can be built, else local processes; as configured, or whatever works. */
export async function chooseRuntime(deps: Deps): Promise<ChosenRuntime | undefined> {
  const { config, clock, log, signal, onProgress } = deps;
  if (config.runtime === 'process') return processRuntime(deps, undefined);
  while (!signal.aborted) {
    try {
      return await dockerRuntime(deps);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ err: error }, 'Docker cannot run the agents');
      if (config.runtime === 'auto') {
        return processRuntime(deps, `Agents run as local processes, without isolation, because ${reason}`);
      }
      // Docker was asked for: nothing else will do.
      onProgress('waits for Docker, which does not answer or cannot provide the image; the log has the reason');
      await clock.sleep(retryMs, signal);
    }
  }
  return undefined;
}

async function dockerRuntime({ config, docker, teamId, root, clock, log, onProgress }: Deps): Promise<ChosenRuntime> {
  await docker.ping().catch((cause: unknown) => {
    throw new Error(`no Docker engine answers (${cause instanceof Error ? cause.message : String(cause)})`, { cause });
  });
  const image = config.agentImage;
  onProgress(`looks for the image ${image}, builds it if it is missing`);
  await ensureImage({
    docker,
    image,
    contextDir: root,
    target: 'agent',
    clock,
    onProgress: (line) => log.info({ line }, 'building the agent image'),
  });
  const onError = (error: unknown) => log.warn({ err: error }, 'docker runtime');
  const runtime = createDockerRuntime({ docker, teamId, image, agentSubnets: config.agentSubnets, clock, onError });
  return { runtime, warning: undefined };
}

async function processRuntime(
  { config, entry, clock, log }: Deps,
  warning: string | undefined,
): Promise<ChosenRuntime> {
  const onError = (error: unknown) => log.warn({ err: error }, 'process runtime');
  const runtime = createProcessRuntime({ entry, home: config.home, clock, onError });
  await runtime.ping();
  return { runtime, warning };
}

const monitorMs = 5_000;

/** Asks the runtime for a sign of life, so that what people see can be marked as stale. */
export function createRuntimeMonitor({ clock, log, signal }: { clock: Clock; log: Logger; signal: AbortSignal }) {
  let state: ReturnType<RuntimeMonitor['state']> = { kind: 'none', status: 'preparing', detail: 'choosing a runtime' };

  async function watch(runtime: Runtime): Promise<void> {
    while (!signal.aborted) {
      try {
        await runtime.ping();
        state = { kind: runtime.kind, status: 'healthy', detail: 'answers' };
      } catch (error) {
        if (state.status !== 'unhealthy') log.warn({ err: error }, 'the runtime does not answer');
        state = { kind: runtime.kind, status: 'unhealthy', detail: 'does not answer; the log has the reason' };
      }
      await clock.sleep(monitorMs, signal);
    }
  }

  return {
    state: () => state,
    preparing(detail: string) {
      state = { kind: 'none', status: 'preparing', detail };
    },
    watch,
  };
}
