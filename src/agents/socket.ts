import type { AgentFrame } from '../contracts/gateway.ts';
import { backoffMs } from './backoff.ts';
import { type Connection, type ConnectionEnd, type ConnectionOptions, openConnection } from './connection.ts';
import { closeCodes } from './wire.ts';

/** The agent's line to the gateway, kept up for ever. */
export interface GatewaySocket {
  /** Connects again and again; resolves when it is over for good, with the reason. */
  run(): Promise<string>;
  /** False when the frame did not go out. */
  send(frame: AgentFrame): boolean;
  /** Says goodbye and connects no more. */
  close(because: string): Promise<void>;
}

/**
 * Nobody there: knocking costs nobody anything, and the team is to be back within a second of the gateway's return. One that
 * answers and cannot take us in is left in peace for longer.
 */
const absenceMsMax = 800;

/** How long to wait after a connection that was the so many-th in a row to fail. */
export const reconnectMs = (failures: number, chance: number, { status }: Pick<ConnectionEnd, 'status'>): number =>
  status === undefined ? backoffMs(failures, chance, absenceMsMax) : backoffMs(failures, chance);

export function createGatewaySocket(options: ConnectionOptions): GatewaySocket {
  const { clock, log } = options;
  const closing = new AbortController();
  let connection: Connection | undefined;

  async function run(): Promise<string> {
    for (let failures = 0; !closing.signal.aborted; ) {
      connection = openConnection(options);
      const end = await connection.ended;
      const final = finalReason(end);
      if (final) return final;
      if (closing.signal.aborted) break;
      failures = end.welcomed ? 0 : failures + 1;
      const waitMs = reconnectMs(failures, clock.random(), end);
      log('warn', `no connection to the gateway (${end.because}), next attempt in ${waitMs} ms`);
      await clock.sleep(waitMs, closing.signal);
    }
    return 'closed';
  }

  return {
    run,
    send: (frame) => connection?.send(frame) ?? false,
    async close(because) {
      closing.abort();
      await connection?.close(because);
    },
  };
}

/** Why there is no point in trying again; undefined when there is. */
export function finalReason({ code, status }: ConnectionEnd): string | undefined {
  if (status === 401) return 'the gateway does not accept the token any more';
  if (code === closeCodes.ended) return 'the gateway says that this instance has ended';
  if (code === closeCodes.superseded) return 'a newer connection of this instance took over';
  return undefined;
}
