import type { BoardroomEvent } from '../../contracts/event.ts';
import type { Frame } from '../../contracts/frame.ts';
import { iso } from '../platform/iso.ts';
import { textFrame } from './wire.ts';

/** A frame written out once for all clients, with the names under which a client may ask for it. */
export interface Envelope {
  readonly topics: readonly string[];
  readonly text: string;
}

/** An envelope ready for the wire, the same bytes for every client. */
export interface Packet {
  readonly topics: readonly string[];
  readonly frame: Buffer;
}

export const packed = ({ topics, text }: Envelope): Packet => ({ topics, frame: textFrame(text) });

/** An event as frames: itself, and the frame that older clients know it by. */
export function framesOf(event: BoardroomEvent): readonly Envelope[] {
  const { seq, createdAt: at, eventType, payload } = event;
  const itself = { topics: ['event', eventType], text: JSON.stringify({ type: 'event', payload: event, seq, at }) };
  const alias = aliasOf(eventType);
  return alias === undefined
    ? [itself]
    : [itself, { topics: [alias], text: JSON.stringify({ type: alias, payload, seq, at }) }];
}

function aliasOf(eventType: BoardroomEvent['eventType']): Frame['type'] | undefined {
  if (eventType === 'agent_status') return 'agent_status';
  return eventType === 'decision_voted' ? 'decision_vote' : undefined;
}

export const helloFrame = ({ seq, replica, at }: { seq: number; replica: string; at: number }): string =>
  JSON.stringify({ type: 'hello', payload: { seq, replica }, at: iso(at) } satisfies Frame);

/** News that is not in the log: what agents do at this moment. */
export const passingFrame = (frame: Extract<Frame, { type: 'worker_log' }>): Envelope => ({
  topics: [frame.type],
  text: JSON.stringify(frame),
});
