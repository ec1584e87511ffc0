/** One server-sent event. */
export interface SseEvent {
  readonly event?: string;
  readonly data: string;
}

/** As it goes over the wire. */
export const frame = ({ event, data }: SseEvent): string =>
  `${event === undefined ? '' : `event: ${event}\n`}data: ${data.replaceAll('\n', '\ndata: ')}\n\n`;

/** Turns a provider's stream into the client's, event by event. Events that are errors do not get so far. */
export interface StreamTranslator {
  /** Text for the client; empty for none. Throws `MalformedAnswer`. */
  push(event: SseEvent): string;
  /** What is left to say after the provider's orderly end. */
  end(): string;
}

/** What a provider sent is no part of an answer. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
}

export type Json = Readonly<Record<string, unknown>>;

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function parseEvent({ data }: SseEvent): Json {
  try {
    const parsed: unknown = JSON.parse(data);
    if (isJson(parsed)) return parsed;
  } catch {
    // Said below.
  }
  throw new MalformedAnswer('an event of the stream is no JSON object');
}

/** The records of what ought to be a list of them. */
export const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJson) : []);
export const recordOf = (value: unknown): Json => (isJson(value) ? value : {});
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
export const countOf = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.round(value) : 0;
