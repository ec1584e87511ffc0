import { z } from 'zod';
import { type EventType, eventTypes } from '../../../../src/contracts/event.ts';

/** The router reads `?text=42` as a number. */
const words = z.coerce.string().trim().min(1).max(200).optional().catch(undefined);
const moment = z.iso.datetime().optional().catch(undefined);

/** What the page's address says: which events, and from which moment on one looks back. */
export const eventsSearch = z.object({
  /** With commas between. */
  types: words,
  agent: words,
  text: words,
  from: moment,
  to: moment,
  at: moment,
});
export type EventsSearch = z.infer<typeof eventsSearch>;

export const typesOf = ({ types = '' }: EventsSearch): EventType[] => {
  const named = new Set(types.split(','));
  return eventTypes.filter((type) => named.has(type));
};
