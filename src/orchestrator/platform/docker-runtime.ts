import { hostname as systemHostname } from 'node:os';
import type Dockerode from 'dockerode';
import type { GatewayAddress, Runtime } from '../agents/runtime.ts';
import type { Clock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { createToldEnds } from './docker-ends.ts';
import { watchEvents } from './docker-events.ts';
import { openLog } from './docker-logs.ts';
import { createAgentNetworks } from './docker-network.ts';
import { observe } from './docker-observe.ts';
import { findPlacement, gatewayIn, type Placement } from './docker-placement.ts';
import { pullUnlessPresent, tagged } from './docker-pull.ts';
import { createRunners } from './docker-runner.ts';
import { startContainer } from './docker-start.ts';
import { unless } from './docker-status.ts';
import { createSingleFlight } from './single-flight.ts';

export interface DockerRuntimeOptions {
  readonly docker: Dockerode;
  readonly teamId: string;
  readonly image: string;
  /** Where the agents' networks are cut from, as CIDR: "10.231.0.0/16". */
  readonly agentSubnets: string;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  /** Our own, by which we find out that we run in a container ourselves. */
  readonly hostname?: string;
}

/** An engine can hang as well as be gone; either way every call ends. Starting many at once is slow, hence the second. */
const answerMsMax = 30_000;
const startMsMax = 60_000;

/** Agents as containers of one Docker engine. What is, the engine knows; kept is only what it has told while we watched. */
export function createDockerRuntime(options: DockerRuntimeOptions): Runtime {
  const { docker, teamId, clock, hostname = systemHostname() } = options;
  const networks = createAgentNetworks(options);
  const starts = createSingleFlight<{ containerId: string }>();
  const gateways = createSingleFlight<GatewayAddress>();
  const pulls = createSingleFlight<void>();
  const runners = createRunners(options);
  const ends = createToldEnds();
  let place: Placement | undefined;
  /** By its id once that is known: what is started is what was asked about, whatever the name has come to mean. */
  let { image } = options;

  const bounded = <T>(what: string, work: (signal: AbortSignal) => Promise<T>, ms = answerMsMax) =>
    withDeadline({ clock, ms, what }, work);

  async function gatewayFor(agentType: string) {
    // Asked once: an orchestrator does not move.
    place ??= await findPlacement(docker, hostname);
    return gatewayIn(docker, await networks.ensure(agentType, place.kind), place);
  }

  async function foreign(agentType: string, name: string) {
    const wanted = tagged(name);
    await pulls(wanted, () => pullUnlessPresent({ docker, image: wanted, clock }));
    const runner = await bounded(`bringing the agent to ${wanted}`, (signal) =>
      runners.prepare(agentType, image, signal),
    );
    return { image: wanted, runner };
  }

  return {
    kind: 'docker',
    async ping() {
      await bounded('asking the engine for a sign of life', () => docker.ping());
    },
    async artifact() {
      const named = await bounded('looking for the image', () =>
        docker.getImage(options.image).inspect().catch(unless(404)),
      );
      // A name that somebody has taken away says nothing about what is wanted: it stays as it was.
      if (named) image = named.Id;
      await bounded('removing unused volumes', (signal) => runners.sweep(image, signal)).catch(options.onError);
      return image;
    },
    gatewayFor: (agentType) =>
      gateways(agentType, () => bounded(`preparing the network of ${agentType}`, () => gatewayFor(agentType))),
    start: (spec, confirm) =>
      starts(spec.instanceId, async () => {
        const made = spec.image === undefined ? { image } : await foreign(spec.agentType, spec.image);
        return bounded(
          `starting ${spec.agentType}`,
          (signal) => startContainer({ ...options, ...made, spec, confirm, signal }),
          startMsMax,
        );
      }),
    list: () => bounded('listing containers', (signal) => observe({ docker, teamId, ends, signal })),
    inspect: (agentType) =>
      bounded(`inspecting ${agentType}`, (signal) => observe({ docker, teamId, ends, signal }, agentType)),
    async stop(containerId, graceMs) {
      // The engine counts in seconds. 304: it had ended; 404: it is gone.
      const stop = (signal: AbortSignal) =>
        docker
          .getContainer(containerId)
          .stop({ t: Math.ceil(graceMs / 1_000), abortSignal: signal })
          .catch(unless(304, 404));
      const over = new AbortController();
      // Its end is told before the engine answers: that waits until all around the container is taken apart.
      await Promise.race([
        bounded('stopping a container', stop, graceMs + answerMsMax),
        ends.until(containerId, over.signal),
      ]).finally(() => over.abort());
    },
    async remove(containerId) {
      // `v` takes the anonymous volumes that an image may declare, which would pile up with every life; the workspace has
      // a name and stays. 409: its removal is under way.
      const remove = (signal: AbortSignal) =>
        docker.getContainer(containerId).remove({ force: true, v: true, abortSignal: signal }).catch(unless(404, 409));
      await bounded('removing a container', remove);
    },
    logs: (containerId, log) =>
      bounded('opening a log', (late) => openLog(docker.getContainer(containerId), log, late)),
    watch: (onHint, signal) => watchEvents({ ...options, ends }, onHint, signal),
  };
}
