import { EventEmitter } from 'node:events';
import { createParser } from 'eventsource-parser';
import { z } from 'zod';
import type { Audience } from '../models/thought.ts';

/** Of Anthropic's stream, which is what we ask for: the words, why they end, and what went wrong. */
const saidSchema = z.union([
  z.object({ type: z.literal('content_block_delta'), delta: z.object({ text: z.string() }) }),
  z.object({ type: z.literal('message_delta'), delta: z.object({ stop_reason: z.string() }) }),
  z.object({ type: z.literal('error'), error: z.object({ message: z.string() }) }),
]);

/** Far beyond any answer of the length that was asked for. */
const charactersMax = 400_000;

/** Listens to a model in the place of an HTTP client, and notes when the first word came. */
export class Ear extends EventEmitter implements Audience {
  headersSent = false;
  text = '';
  /** By the clock that was given; undefined before the first word. */
  firstWordAt: number | undefined;
  /** It was told to stop at the length that it may have. */
  isCut = false;
  /** Why it broke off in the middle. */
  complaint: string | undefined;
  readonly #monotonic: () => number;
  readonly #parser = createParser({ onEvent: ({ data }) => this.#hear(data) });

  constructor(monotonic: () => number) {
    super();
    this.#monotonic = monotonic;
  }

  writeHead(): void {
    this.headersSent = true;
  }

  write(text: string): boolean {
    this.#parser.feed(text);
    return true;
  }

  end(text: string): void {
    this.write(text);
  }

  destroy(): void {
    this.emit('close');
  }

  #hear(data: string): void {
    const { data: said } = saidSchema.safeParse(JSON.parse(data));
    if (said?.type === 'error') this.complaint = said.error.message;
    if (said?.type === 'message_delta') this.isCut = said.delta.stop_reason === 'max_tokens';
    if (said?.type !== 'content_block_delta' || said.delta.text === '') return;
    this.firstWordAt ??= this.#monotonic();
    this.text = (this.text + said.delta.text).slice(0, charactersMax);
  }
}
