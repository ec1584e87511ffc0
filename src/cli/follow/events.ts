import { CallError } from '../../contracts/client.ts';
import type { BoardroomEvent, EventType } from '../../contracts/event.ts';
import type { Session } from '../session.ts';
import { connectOnce } from './connection.ts';
import { createPatience } from './patience.ts';

interface Wish {
  /** The last event that is known already. */
  readonly since: number;
  /** Undefined: all kinds. */
  readonly type: EventType | undefined;
  readonly onEvent: (event: BoardroomEvent) => void;
}

/** Every event after `since`, once and in order, over as many connections as it takes; until the session's signal aborts. */
export async function followEvents(session: Session, { since, type, onEvent }: Wish): Promise<void> {
  const { signal, url } = session;
  const patience = createPatience(session);
  let last = since;
  let wasOpen = false;
  while (!signal.aborted) {
    const end = await connectOnce(session, {
      hello: { type: 'subscribe', topics: [type ?? 'event'], since: last },
      onOpen() {
        wasOpen = true;
        patience.recovered();
      },
      onEvent(event) {
        // The orchestrator repeats nothing; what would come twice is not shown twice.
        if (event.seq <= last) return;
        last = event.seq;
        onEvent(event);
      },
    });
    const error = signal.aborted ? undefined : refusalOf(end, { url, wasOpen });
    if (error) throw error;
    await patience.wait(`${url} is gone: ${end.because}; waiting for its return`);
  }
}

/** What another attempt would not mend. */
function refusalOf(
  { because, status, code }: Awaited<ReturnType<typeof connectOnce>>,
  { url, wasOpen }: { url: string; wasOpen: boolean },
): CallError | undefined {
  // The key was revoked or has expired while we listened.
  if (code === 1008) return new CallError('unauthenticated', because);
  if (status === 401) return new CallError('unauthenticated', 'The key is unknown, expired or revoked', { status });
  // 429 and 5xx pass. So does a 404 where we have listened before: one that closes or has just begun has no socket to give.
  if (status === undefined || wasOpen || status === 429 || status >= 500) return undefined;
  return new CallError('unexpected_answer', `${url}/ws answers ${status}: is that Boardroom?`, { status });
}
