import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** One answer as a provider's wire carries it, in one piece and as a stream: both tell the same. */
export interface Billed {
  readonly whole: object;
  readonly frames: readonly string[];
}

export type Reply =
  | Billed
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** The first so many frames of a stream, and then the line goes dead. */
  | { readonly billed: Billed; readonly cutAfter: number }
  | { readonly text: string };

interface Asked {
  readonly path: string;
  readonly body: { readonly stream?: boolean; readonly [field: string]: unknown };
}

/** A server on the loopback that gives each request the next of what it was told to. */
export interface BillingProvider {
  readonly url: string;
  readonly asked: readonly Asked[];
  next(...replies: Reply[]): void;
  close(): void;
}

export async function startBillingProvider(): Promise<BillingProvider> {
  const replies: Reply[] = [];
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as Asked['body'];
    asked.push({ path: request.url ?? '', body });
    const reply = replies.shift();
    if (!reply) return void response.writeHead(500).end('nobody said what to answer');
    if ('status' in reply) return void response.writeHead(reply.status, reply.headers).end('{}');
    if ('text' in reply) return void response.end(reply.text);
    if ('cutAfter' in reply) {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      // Destroyed once the kernel has it, so that what was written arrives.
      return void response.write(reply.billed.frames.slice(0, reply.cutAfter).join(''), () =>
        setImmediate(() => response.socket?.destroySoon()),
      );
    }
    response.setHeader('Content-Type', body.stream ? 'text/event-stream' : 'application/json');
    response.end(body.stream ? reply.frames.join('') : JSON.stringify(reply.whole));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    next: (...more) => void replies.push(...more),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

type Usage = Readonly<Record<string, unknown>>;

const words = 'twelve words';

/** Anthropic: what is read from the cache and written to it stands beside `input_tokens`. `isOld`: the end of a stream tells the output alone. */
export function ofAnthropic(usage: Usage, { isOld = false } = {}): Billed {
  const { iterations, output_tokens: output, ...input } = usage;
  const event = (type: string, rest: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_sequence: null };
  const use = { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} };
  const told = isOld
    ? { output_tokens: output }
    : { ...input, cache_creation: undefined, output_tokens: output, iterations };
  return {
    whole: { ...message, content: [{ type: 'text', text: words }, use], stop_reason: 'tool_use', usage },
    frames: [
      event('message_start', { message: { ...message, content: [], usage: { ...input, output_tokens: 1 } } }),
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: words } }),
      event('content_block_stop', { index: 0 }),
      event('content_block_start', { index: 1, content_block: use }),
      event('content_block_delta', { index: 1, delta: { type: 'input_json_delta', partial_json: '{}' } }),
      event('content_block_stop', { index: 1 }),
      event('message_delta', { delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: told }),
      event('message_stop', {}),
    ],
  };
}

const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } };
const deltas = [
  { delta: { role: 'assistant', content: words }, finish_reason: null },
  { delta: { tool_calls: [{ index: 0, ...call }] }, finish_reason: null },
  { delta: {}, finish_reason: 'tool_calls' },
].map((choice) => ({ index: 0, ...choice }));

const head = { id: 'x', created: 1, model: 'm' };
const chunk = (rest: object) => `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...rest })}\n\n`;
const done = 'data: [DONE]\n\n';
const completion = (usage: Usage) => {
  const message = { role: 'assistant', content: words, tool_calls: [call] };
  return {
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
    usage,
  };
};

/** OpenAI, and most that speak like it: a chunk of its own at the end, without choices. */
export const ofOpenai = (usage: Usage): Billed => ({
  whole: completion(usage),
  frames: [...deltas.map((choice) => chunk({ choices: [choice], usage: null })), chunk({ choices: [], usage }), done],
});

/** OpenRouter: comments before and between, and a last chunk whose choice says nothing. */
export const ofOpenrouter = (usage: Usage): Billed => ({
  whole: { ...completion(usage), provider: 'Anthropic' },
  frames: [
    ': OPENROUTER PROCESSING\n\n',
    ...deltas.map((choice) => chunk({ choices: [choice] })),
    chunk({ choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }], usage }),
    done,
  ],
});

/** Gemini: each chunk tells what was used so far, beside its choice. */
export const ofGemini = (usage: Usage): Billed => {
  const soFar = { ...usage, completion_tokens: 5, total_tokens: Number(usage['prompt_tokens']) + 5 };
  return {
    whole: completion(usage),
    frames: [
      ...deltas.map((choice, at) => chunk({ choices: [choice], usage: at === deltas.length - 1 ? usage : soFar })),
      done,
    ],
  };
};
