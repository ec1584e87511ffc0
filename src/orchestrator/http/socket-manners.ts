import type { WebSocket } from 'ws';
import type { Clock } from '../platform/clock.ts';

interface Manners {
  readonly clock: Clock;
  readonly pingMs: number;
  /** When the key ends that it came with; null: never. */
  readonly until: number | null;
}

/** Frames of any kind within one ping's time. A dashboard says a few words in its whole life. */
const saidMax = 200;

/** Keeps a connection for as long as its client answers, and neither babbles nor asks without listening. */
export function watchManners(client: WebSocket, { clock, pingMs, until }: Manners): void {
  const over = new AbortController();
  let missed = 0;
  let said = 0;
  const hear = () => {
    said += 1;
    // Whoever floods does not wait for the end of a close handshake.
    if (said > saidMax) client.terminate();
  };

  client.on('message', hear);
  client.on('ping', (data) => {
    hear();
    if (client.readyState === client.OPEN) client.pong(data);
  });
  client.on('pong', () => {
    hear();
    missed = 0;
  });
  client.on('close', () => over.abort());

  /** Two pings unanswered, and the client is gone though nobody said so. */
  async function beat(): Promise<void> {
    for (;;) {
      await clock.sleep(pingMs, over.signal);
      if (over.signal.aborted) return;
      if (missed >= 2) return client.terminate();
      if (until !== null && clock.now() >= until) return client.close(1008, 'the key has expired');
      missed += 1;
      said = 0;
      client.ping();
    }
  }
  void beat();
}
