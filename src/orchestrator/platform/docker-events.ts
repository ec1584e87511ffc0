import { IncomingMessage } from 'node:http';
import type Dockerode from 'dockerode';
import { z } from 'zod';
import type { Clock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import type { ToldEnds } from './docker-ends.ts';
import { identify, labels } from './docker-names.ts';
import { jsonLines } from './json-lines.ts';

export interface EventOptions {
  readonly docker: Dockerode;
  readonly teamId: string;
  readonly clock: Clock;
  readonly ends: Pick<ToldEnds, 'note' | 'forget'>;
  readonly onError: (error: unknown) => void;
}

const connectMsMax = 30_000;
const backoffMs = 250;
const backoffMsMax = 5_000;
const keepAliveMs = 30_000;

/** Whatever changes what a list would show. */
const actions = ['create', 'start', 'die', 'oom', 'kill', 'pause', 'unpause', 'rename', 'destroy'];

/** Follows the engine's events and never gives up, until `signal` aborts. */
export async function watchEvents(
  { docker, teamId, clock, ends, onError }: EventOptions,
  onHint: (agentType: string | undefined) => void,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;

  async function follow(): Promise<never> {
    const stream = await connect();
    try {
      failures = 0;
      ends.forget();
      onHint(undefined);
      for await (const event of jsonLines(stream)) hint(event);
      throw new Error('The engine has closed the stream of events');
    } finally {
      stream.destroy();
    }
  }

  async function connect(): Promise<IncomingMessage> {
    const filters = { type: ['container' as const], event: actions, label: [`${labels.team}=${teamId}`] };
    const stream = await withDeadline({ clock, ms: connectMsMax, what: 'connecting to the engine’s events' }, (late) =>
      docker.getEvents({ filters, abortSignal: AbortSignal.any([signal, late]) }),
    );
    if (!(stream instanceof IncomingMessage)) throw new Error('The engine’s events are not an HTTP answer');
    // Over TCP, an engine whose host has vanished would otherwise look like one where nothing happens.
    stream.socket.setKeepAlive(true, keepAliveMs);
    return stream;
  }

  function hint(event: unknown): void {
    const parsed = eventSchema.safeParse(event);
    if (!parsed.success) {
      onHint(undefined);
      return;
    }
    const { Action: action, Actor, timeNano } = parsed.data;
    const { name = '', oldName = '', exitCode, ...attributes } = Actor.Attributes;
    // Before the hint: whoever looks because of it finds the end.
    ends.note({
      containerId: Actor.ID,
      action,
      at: Math.round(timeNano / nanosPerMs),
      exitCode: exitCode === undefined ? undefined : Number(exitCode),
    });
    // A renamed container is no longer ours, which is news about the agent all the same.
    const names = [`/${name}`, oldName];
    const identity = identify(teamId, { names, labels: attributes });
    if (identity) onHint(identity.agentType);
  }

  while (!signal.aborted) {
    try {
      await follow();
    } catch (error) {
      if (signal.aborted) return;
      // Said once for each outage; whoever asks the engine meanwhile hears of it anyway.
      if (failures === 0) onError(error);
      failures += 1;
      await clock.sleep(Math.min(backoffMs * 2 ** (failures - 1), backoffMsMax), signal);
    }
  }
}

const nanosPerMs = 1_000_000;

const eventSchema = z.object({
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()) }),
  timeNano: z.number(),
});
