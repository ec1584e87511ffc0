import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dialect } from '../../src/orchestrator/models/providers.ts';

/** What this server reads of a request. */
export interface ProviderRequest {
  readonly [field: string]: unknown;
  readonly stream_options?: { readonly include_usage?: boolean };
}

export interface Spent {
  readonly input: number;
  readonly output: number;
  readonly cached?: number;
}

/** What the provider does with the next request. */
export type Behaviour =
  | {
      readonly kind: 'answer';
      readonly text?: string;
      readonly calls?: readonly { readonly name: string; readonly input: unknown }[];
      readonly spent?: Spent;
      /** Between the pieces of a stream. */
      readonly pauseMs?: number;
    }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string; readonly body?: string }
  /** The plain answer, after a while. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Takes the request and says nothing. */
  | { readonly kind: 'hang' }
  /** Breaks off after so many events; 0: before the first. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Ends in order after so many events, as a proxy in between does that has lost its other side. */
  | { readonly kind: 'ends'; readonly after: number }
  | { readonly kind: 'malformed' }
  /** Says so in its own dialect, after so many events. */
  | { readonly kind: 'error_event'; readonly after?: number; readonly message?: string };

/** A server on the loopback that speaks as a provider does. */
export interface FakeLlm {
  /** The base as it would stand in the environment. */
  readonly url: string;
  readonly requests: {
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: ProviderRequest;
  }[];
  /** Requests whose client left before the end. */
  readonly left: number;
  /** The next requests get these, those after them the plain answer. */
  script(...behaviours: Behaviour[]): void;
  /** In the place of the plain answer, from now on. */
  otherwise(decide: (body: ProviderRequest) => Behaviour): void;
  close(): Promise<void>;
}

const plain: Behaviour = { kind: 'answer', text: 'Hello there, all is well.' };
const spentByDefault: Spent = { input: 1_000, output: 200 };

export async function startFakeLlm(dialect: Dialect): Promise<FakeLlm> {
  const requests: FakeLlm['requests'] = [];
  const script: Behaviour[] = [];
  const sockets = new Set<Socket>();
  const closing = new AbortController();
  let usual: (body: ProviderRequest) => Behaviour = () => plain;
  let left = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await json(request)) as ProviderRequest;
    requests.push({ path: request.url ?? '', headers: request.headers, body });
    response.once('close', () => {
      if (!response.writableEnded) left += 1;
    });
    const isCounting = request.url?.endsWith('/count_tokens') === true;
    await behave(script.shift() ?? usual(body), { body, response, dialect, isCounting, signal: closing.signal });
  }

  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${dialect === 'openai' ? '/v1' : ''}`,
    requests,
    get left() {
      return left;
    },
    script: (...behaviours) => void script.push(...behaviours),
    otherwise(decide) {
      usual = decide;
    },
    close() {
      closing.abort();
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Scene {
  /** Asked how long the request is, not to answer it. */
  readonly isCounting: boolean;
  readonly body: ProviderRequest;
  readonly response: ServerResponse;
  readonly dialect: Dialect;
  readonly signal: AbortSignal;
}

async function behave(behaviour: Behaviour, scene: Scene): Promise<void> {
  const { response, body } = scene;
  switch (behaviour.kind) {
    case 'status': {
      const { status, retryAfter, body: text = JSON.stringify({ error: { message: `no: ${status}` } }) } = behaviour;
      const headers = {
        'Content-Type': 'application/json',
        ...(retryAfter !== undefined && { 'Retry-After': retryAfter }),
      };
      return void response.writeHead(status, headers).end(text);
    }
    case 'hang':
      return;
    case 'slow':
      await sleep(behaviour.delayMs, undefined, { signal: scene.signal });
      return behave(plain, scene);
    case 'malformed':
      return body['stream'] ? stream(scene, ['data: {"id": \n\n'], 0) : void response.end('<html>no</html>');
    case 'error_event': {
      const { after = 0, message = 'Overloaded' } = behaviour;
      const error = { error: { type: 'overloaded_error', message } };
      const said =
        scene.dialect === 'anthropic'
          ? `event: error\ndata: ${JSON.stringify({ type: 'error', ...error })}\n\n`
          : `data: ${JSON.stringify(error)}\n\n`;
      // One by one: what comes together with the error counts as not begun.
      return stream(scene, [...framesOf(plain, scene).slice(0, after), said], after > 0 ? 20 : 0);
    }
    case 'ends':
      return stream(scene, framesOf(plain, scene).slice(0, behaviour.after), 0);
    case 'cut': {
      const frames = framesOf(plain, scene).slice(0, behaviour.after);
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.flushHeaders();
      for (const frame of frames) response.write(frame);
      // What was written is on its way before the break.
      await sleep(30, undefined, { signal: scene.signal });
      return void response.destroy();
    }
    case 'answer':
      if (body['stream']) return stream(scene, framesOf(behaviour, scene), behaviour.pauseMs ?? 0);
      return void response
        .setHeader('Content-Type', 'application/json')
        .end(JSON.stringify(scene.isCounting ? { input_tokens: 4_321 } : wholeOf(behaviour, scene)));
  }
}

async function stream({ response, signal }: Scene, frames: readonly string[], pauseMs: number): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.flushHeaders();
  for (const frame of frames) {
    if (pauseMs > 0) await sleep(pauseMs, undefined, { signal });
    if (response.destroyed) return;
    response.write(frame);
  }
  response.end();
}

type AnswerOf = Extract<Behaviour, { kind: 'answer' }>;

function wholeOf({ text = '', calls = [], spent = spentByDefault }: AnswerOf, { dialect, body }: Scene): unknown {
  const model = body['model'];
  if (dialect === 'anthropic') {
    const used = calls.map(({ name, input }, at) => ({ type: 'tool_use', id: `toolu_${at}`, name, input }));
    const content = [...(text === '' ? [] : [{ type: 'text', text }]), ...used];
    const stop_reason = calls.length > 0 ? 'tool_use' : 'end_turn';
    return {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model,
      content,
      stop_reason,
      stop_sequence: null,
      usage: anthropicUsage(spent),
    };
  }
  const tool_calls = calls.map(({ name, input }, at) => ({
    id: `call_${at}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(input) },
  }));
  const message = { role: 'assistant', content: text || null, ...(calls.length > 0 && { tool_calls }) };
  const finish_reason = calls.length > 0 ? 'tool_calls' : 'stop';
  const choices = [{ index: 0, message, finish_reason, logprobs: null }];
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model,
    choices,
    usage: openaiUsage(spent),
  };
}

const anthropicUsage = ({ input, output, cached = 0 }: Spent) => ({
  input_tokens: input,
  output_tokens: output,
  cache_read_input_tokens: cached,
  cache_creation_input_tokens: 0,
});

const openaiUsage = ({ input, output, cached = 0 }: Spent) => ({
  prompt_tokens: input + cached,
  completion_tokens: output,
  total_tokens: input + cached + output,
  prompt_tokens_details: { cached_tokens: cached },
});

const framesOf = (behaviour: Behaviour, scene: Scene): string[] =>
  behaviour.kind !== 'answer'
    ? []
    : scene.dialect === 'openai'
      ? chunksOf(behaviour, scene)
      : eventsOf(behaviour, scene);

const words = (text: string): string[] => text.match(/\S+\s*/g) ?? [];

function chunksOf({ text = '', calls = [], spent = spentByDefault }: AnswerOf, { body }: Scene): string[] {
  const wantsUsage = body['stream_options']?.include_usage === true;
  const chunk = (rest: object) =>
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_700_000_000, model: body['model'], ...(wantsUsage && { usage: null }), ...rest })}\n\n`;
  const delta = (change: object, finish_reason: string | null = null) =>
    chunk({ choices: [{ index: 0, delta: change, finish_reason }] });
  const called = calls.flatMap(({ name, input }, index) => {
    const text = JSON.stringify(input);
    const half = Math.ceil(text.length / 2);
    return [
      delta({ tool_calls: [{ index, id: `call_${index}`, type: 'function', function: { name, arguments: '' } }] }),
      delta({ tool_calls: [{ index, function: { arguments: text.slice(0, half) } }] }),
      delta({ tool_calls: [{ index, function: { arguments: text.slice(half) } }] }),
    ];
  });
  return [
    delta({ role: 'assistant', content: '' }),
    ...words(text).map((content) => delta({ content })),
    ...called,
    delta({}, calls.length > 0 ? 'tool_calls' : 'stop'),
    ...(wantsUsage ? [chunk({ choices: [], usage: openaiUsage(spent) })] : []),
    'data: [DONE]\n\n',
  ];
}

function eventsOf({ text = '', calls = [], spent = spentByDefault }: AnswerOf, { body }: Scene): string[] {
  const event = (type: string, rest: object = {}) => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
  const usage = { ...anthropicUsage(spent), output_tokens: 1 };
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: body['model'],
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  const blocks = [
    ...(text === ''
      ? []
      : [
          {
            start: { type: 'text', text: '' },
            deltas: words(text).map((said) => ({ type: 'text_delta', text: said })),
          },
        ]),
    ...calls.map(({ name, input }, at) => ({
      start: { type: 'tool_use', id: `toolu_${at}`, name, input: {} },
      deltas: (JSON.stringify(input).match(/.{1,7}/gs) ?? []).map((partial_json) => ({
        type: 'input_json_delta',
        partial_json,
      })),
    })),
  ];
  return [
    event('message_start', { message }),
    event('ping'),
    ...blocks.flatMap(({ start, deltas }, index) => [
      event('content_block_start', { index, content_block: start }),
      ...deltas.map((delta) => event('content_block_delta', { index, delta })),
      event('content_block_stop', { index }),
    ]),
    event('message_delta', {
      delta: { stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn', stop_sequence: null },
      usage: { output_tokens: spent.output },
    }),
    event('message_stop'),
  ];
}
