import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** What the provider does with the next request. */
export type Behaviour =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  /** Takes the request and says nothing. */
  | { readonly kind: 'hang' }
  /** The answer with its first vector put in place of what it is. */
  | { readonly kind: 'vector'; readonly vector: readonly (number | string | null)[] }
  /** The answer without its last vector. */
  | { readonly kind: 'short' }
  | { readonly kind: 'text'; readonly text: string };

interface EmbeddingRequest {
  readonly model: string;
  /** Texts, or texts as tokens. */
  readonly input: string | readonly (string | number | readonly number[])[];
  readonly encoding_format?: string;
}

/** What is said in other words, in two languages: what a model knows, and a dictionary does not. */
const topics: readonly RegExp[] = [
  /^(terminat|cancel|quit|kündig|resign|notice)/,
  /^(lease|rent|tenan|miet|landlord|vermiet)/,
  /^(money|budget|cost|spend|geld|ausgab|pay)/,
  /^(hire|hiring|recruit|engineer|staff|personal|einstell)/,
  /^(newsletter|mail|rundbrief|subscri)/,
  /^(ship|boat|harbour|hafen|schiff)/,
];

/** A direction for each topic and, fainter, for each other word: deterministic, and near where the topics are the same. */
export function embed(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const topic = topics.findIndex((pattern) => pattern.test(word));
    let place = topic;
    if (topic < 0) {
      let hash = 7;
      for (const letter of word.slice(0, 5)) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
      place = topics.length + (hash % (dimensions - topics.length));
    }
    vector[place] = (vector[place] ?? 0) + (topic < 0 ? 0.2 : 1);
  }
  // No text is nothing at all.
  vector[dimensions - 1] = (vector[dimensions - 1] ?? 0) + 0.01;
  return vector;
}

/** A server on the loopback that speaks OpenAI's embeddings. A model called `words-64` has vectors of 64 numbers. */
export async function startEmbeddingProvider() {
  const requests: { path: string; model: string; texts: readonly string[]; format: string | undefined }[] = [];
  const script: Behaviour[] = [];
  let refuses: ((text: string) => boolean) | undefined;
  let onRequest: (() => Promise<void> | void) | undefined;
  let state: 'up' | 'down' = 'up';

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { model, input, encoding_format: format } = (await json(request)) as EmbeddingRequest;
    const isOne = typeof input === 'string' || typeof input[0] === 'number';
    const texts = (isOne ? [input] : [...input]).map(String);
    requests.push({ path: request.url ?? '', model, texts, format });
    await onRequest?.();
    const next = script.shift();
    if (state === 'down') return fail(response, 500);
    if (next?.kind === 'hang') return;
    if (next?.kind === 'status') return fail(response, next.status, next.retryAfter);
    if (refuses && texts.some(refuses)) return fail(response, 400);
    const dimensions = Number(/-(\d+)$/.exec(model)?.[1] ?? 64);
    const data = texts.map((text, index) => ({ object: 'embedding', index, embedding: embed(text, dimensions) }));
    const tokens = Math.ceil(texts.join('').length / 4);
    const usage = { prompt_tokens: tokens, total_tokens: tokens };
    response.setHeader('Content-Type', 'application/json');
    if (next?.kind === 'text') return void response.end(next.text);
    const changed = next?.kind === 'short' ? data.slice(0, -1) : data;
    const [first, ...rest] = changed;
    const told = next?.kind === 'vector' ? [{ ...first, embedding: next.vector }, ...rest] : changed;
    // In any order, as the index says which is which.
    response.end(JSON.stringify({ object: 'list', data: told.toReversed(), model, usage }));
  }

  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    /** The next requests get these, those after them the answer. */
    script: (...behaviours: Behaviour[]) => void script.push(...behaviours),
    /** Refuses calls that hold such a text, as providers do with what is too long for them. */
    refuse: (test: typeof refuses) => {
      refuses = test;
    },
    /** Before each answer. */
    onRequest: (act: typeof onRequest) => {
      onRequest = act;
    },
    go: (where: typeof state) => {
      state = where;
    },
    texts: () => requests.flatMap(({ texts }) => texts),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export type EmbeddingProvider = Awaited<ReturnType<typeof startEmbeddingProvider>>;

function fail(response: ServerResponse, status: number, retryAfter?: string): void {
  const headers = {
    'Content-Type': 'application/json',
    ...(retryAfter !== undefined && { 'Retry-After': retryAfter }),
  };
  response.writeHead(status, headers).end(JSON.stringify({ error: { message: `no: ${status}` } }));
}
