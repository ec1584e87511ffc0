import type { Readable } from 'node:stream';
import type { ContainerStatus } from '../../contracts/agent.ts';

/**
 * What runs agents. Two kinds pass one contract suite (test/contract/runtime.ts): `docker` and `process`.
 * A runtime decides nothing: it shows what is there and does what it is told. Every call that cannot reach
 * the runtime rejects; it never answers "absent" because it could not look.
 */
export interface Runtime {
  readonly kind: 'docker' | 'process';
  /** Rejects when the runtime cannot be asked. */
  ping(): Promise<void>;
  /** What agents are made of by now, image or bundle: another answer than before replaces every container. */
  artifact(): Promise<string>;
  /** Where the agent finds the gateway, prepared (network made, address known) before its first start. */
  gatewayFor(agentType: string): Promise<GatewayAddress>;
  /**
   * Creates and starts one instance. Idempotent by instance id: a second call finds what the first made.
   * `confirm` is asked when all is prepared, before anything of it runs; when it rejects, so does this, and nothing remains.
   */
  start(spec: InstanceSpec, confirm?: () => Promise<void>): Promise<{ readonly containerId: string }>;
  /** Every container that carries our team's label and one of our names, ended ones included. */
  list(): Promise<readonly ObservedContainer[]>;
  inspect(agentType: string): Promise<readonly ObservedContainer[]>;
  /** SIGTERM, and SIGKILL to all that is left after `graceMs`. Resolves when nothing of it runs; at once if nothing did. */
  stop(containerId: string, graceMs: number): Promise<void>;
  /** Removes an ended container; not an error when it is gone. Keeps the workspace. */
  remove(containerId: string): Promise<void>;
  /** Standard output and error, `tail` last lines, going on while `follow`; ends when `signal` aborts. */
  logs(containerId: string, options: LogOptions): Promise<Readable>;
  /**
   * Says which agent deserves a look, until `signal` aborts; a hint, nothing more. Reconnects by itself,
   * and says `undefined` (look at all) after each reconnection, as events may have been missed.
   */
  watch(onHint: (agentType: string | undefined) => void, signal: AbortSignal): Promise<void>;
}

export interface GatewayAddress {
  /** The address the orchestrator listens on for this agent. */
  readonly listenHost: string;
  /** The host name the agent calls. */
  readonly reachableHost: string;
  /** The addresses that are the agent's alone, as CIDR; absent where agents share one. */
  readonly network?: string;
}

export interface InstanceSpec {
  readonly instanceId: string;
  readonly agentType: string;
  /** Of all that makes a replacement necessary; a label, for adoption after a restart. */
  readonly specHash: string;
  /** The whole environment of the agent, besides what the runtime itself needs (PATH, heap limit). */
  readonly environment: Readonly<Record<string, string>>;
  /** Another image in the place of ours, which the agent is then brought into; only where there are containers. */
  readonly image?: string;
  /** It starts programs of others: the container gets an init that reaps what they leave behind. */
  readonly hasCommand?: boolean;
  readonly resources: { readonly memory: number; readonly cpus: number; readonly pids: number };
}

export interface ObservedContainer {
  readonly containerId: string;
  readonly instanceId: string;
  readonly agentType: string;
  readonly specHash: string;
  readonly status: Exclude<ContainerStatus, 'absent' | 'unknown'>;
  /** There once it has ended. */
  readonly exit: ObservedExit | undefined;
}

export interface ObservedExit {
  /** Milliseconds since 1970, by the runtime's clock; undefined when the runtime does not know. */
  readonly at: number | undefined;
  readonly ranForMs: number | undefined;
  /** Null when nobody was there to see it (a process that outlived its orchestrator). */
  readonly code: number | null;
  readonly signal: string | null;
  readonly oomKilled: boolean;
}

export interface LogOptions {
  readonly tail: number;
  readonly follow: boolean;
  readonly signal: AbortSignal;
}
