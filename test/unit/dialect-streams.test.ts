import { ReadableStream } from 'node:stream/web';
import { MessageStream } from '@anthropic-ai/sdk/lib/MessageStream';
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream';
import { describe, expect, it } from 'vitest';
import { createMessagesTranslator } from '../../src/orchestrator/models/dialects/chat-stream-to-messages.ts';
import { createChatTranslator } from '../../src/orchestrator/models/dialects/messages-stream-to-chat.ts';
import {
  isJson,
  MalformedAnswer,
  recordOf,
  type SseEvent,
  type StreamTranslator,
} from '../../src/orchestrator/models/dialects/stream.ts';

/** As it comes over the wire: `data:` lines, here without the rest of each chunk. */
const chunks = (...deltas: readonly object[]): SseEvent[] => [
  ...deltas.map((delta) => ({
    data: JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [{ index: 0, delta, finish_reason: null }],
    }),
  })),
  {
    data: '{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}',
  },
  {
    data: '{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}}',
  },
  { data: '[DONE]' },
];

const events = (...said: readonly { readonly type: string }[]): SseEvent[] =>
  [
    {
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'm',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 5, output_tokens: 1 },
      },
    },
    ...said,
    { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 7 } },
    { type: 'message_stop' },
  ].map((event) => ({ event: event.type, data: JSON.stringify(event) }));

/** What the client gets, event by event. */
function translated(translator: StreamTranslator, said: readonly SseEvent[]): Record<string, unknown>[] {
  const got: Record<string, unknown>[] = [];
  const parser = createParser({
    onEvent: ({ data }) => {
      if (data !== '[DONE]') got.push(JSON.parse(data));
    },
  });
  for (const event of said) parser.feed(translator.push(event));
  parser.feed(translator.end());
  return got;
}

const lines = (json: readonly object[]) =>
  ReadableStream.from(json.map((each) => new TextEncoder().encode(`${JSON.stringify(each)}\n`))) as never;

/** Anthropic's own client reads it. */
async function asMessage(said: readonly SseEvent[]) {
  const got = translated(createMessagesTranslator(), said);
  inOrder(got);
  return MessageStream.fromReadableStream(lines(got)).finalMessage();
}

/** Anthropic's streams have one block open at a time, numbered as they come. */
function inOrder(got: readonly Record<string, unknown>[]): void {
  let open: unknown;
  let next = 0;
  for (const { type, index } of got) {
    if (type === 'content_block_start') {
      expect([open, index]).toEqual([undefined, next]);
      open = index;
      next += 1;
    }
    if (type === 'content_block_delta' || type === 'content_block_stop') expect(index).toBe(open);
    if (type === 'content_block_stop') open = undefined;
  }
  expect(open).toBeUndefined();
}

/** OpenAI's own client reads it. */
async function asCompletion(said: readonly SseEvent[]) {
  const got = translated(createChatTranslator({ includeUsage: false }), said);
  return ChatCompletionStream.fromReadableStream(lines(got)).finalChatCompletion();
}

const call = (rest: object, name?: string, json?: string) => ({
  ...rest,
  function: { ...(name !== undefined && { name }), ...(json !== undefined && { arguments: json }) },
});
const calls = (...each: object[]) => ({ tool_calls: each });
const look = { name: 'look', input: { where: 'here' } };
const take = { name: 'take', input: { what: 'it' } };

describe('calls in OpenAI’s chunks, for Anthropic’s client', () => {
  it.each<[string, SseEvent[], object[]]>([
    [
      'one after another, in pieces',
      chunks(
        { role: 'assistant', content: 'I look.' },
        calls(call({ index: 0, id: 'a', type: 'function' }, 'look', '')),
        calls(call({ index: 0 }, undefined, '{"where":')),
        calls(call({ index: 0 }, undefined, '"here"}')),
        calls(call({ index: 1, id: 'b', type: 'function' }, 'take', '')),
        calls(call({ index: 1 }, undefined, '{"what":"it"}')),
      ),
      [
        { type: 'text', text: 'I look.' },
        { ...look, id: 'a' },
        { ...take, id: 'b' },
      ],
    ],
    [
      'mixed',
      chunks(
        calls(call({ index: 0, id: 'a' }, 'look', ''), call({ index: 1, id: 'b' }, 'take', '')),
        calls(call({ index: 1 }, undefined, '{"what"')),
        calls(call({ index: 0 }, undefined, '{"where":')),
        calls(call({ index: 1 }, undefined, ':"it"}'), call({ index: 0 }, undefined, '"here"}')),
      ),
      [
        { ...look, id: 'a' },
        { ...take, id: 'b' },
      ],
    ],
    [
      'without numbers, told apart by their ids',
      chunks(
        calls(call({ id: 'a' }, 'look', '{"where":')),
        calls(call({ id: 'a' }, undefined, '"here"}')),
        calls(call({ id: 'b' }, 'take', '{"what":"it"}')),
      ),
      [
        { ...look, id: 'a' },
        { ...take, id: 'b' },
      ],
    ],
    [
      'without numbers, each whole at once',
      chunks(calls(call({ id: 'a' }, 'look', '{"where":"here"}'), call({ id: 'b' }, 'take', '{"what":"it"}'))),
      [
        { ...look, id: 'a' },
        { ...take, id: 'b' },
      ],
    ],
    [
      'without numbers and ids, told apart by their names',
      chunks(
        calls(call({}, 'look', '{"where":')),
        calls(call({}, undefined, '"here"}')),
        calls(call({ id: '' }, 'take', '{"what":"it"}')),
      ),
      [
        { ...look, id: 'chatcmpl-1_0' },
        { ...take, id: 'chatcmpl-1_1' },
      ],
    ],
    [
      'all with the same number',
      chunks(
        calls(call({ index: 0, id: 'a' }, 'look', '{"where":"here"}')),
        calls(call({ index: 0, id: 'b' }, 'take', '{"what":"it"}')),
      ),
      [
        { ...look, id: 'a' },
        { ...take, id: 'b' },
      ],
    ],
    [
      'that say their id and name with each piece',
      chunks(
        calls(call({ index: 0, id: 'a' }, 'look', '{"where":')),
        calls(call({ index: 0, id: 'a' }, 'look', '"here"}')),
      ),
      [{ ...look, id: 'a' }],
    ],
    [
      'with words in between',
      chunks(
        calls(call({ index: 0, id: 'a' }, 'look', '{"where":')),
        { content: 'One ' },
        calls(call({ index: 0 }, undefined, '"here"}')),
        { content: 'moment.' },
        calls(call({ index: 1, id: 'b' }, 'take', '{"what":"it"}')),
      ),
      [
        { ...look, id: 'a' },
        { type: 'text', text: 'One moment.' },
        { ...take, id: 'b' },
      ],
    ],
    [
      'that need nothing',
      chunks(calls(call({ index: 0, id: 'a' }, 'look', '')), calls(call({ index: 1, id: 'b' }, 'take', ''))),
      [
        { name: 'look', input: {}, id: 'a' },
        { name: 'take', input: {}, id: 'b' },
      ],
    ],
    [
      'and a refusal in words',
      chunks({ role: 'assistant', content: null, refusal: 'I will not.' }),
      [{ type: 'text', text: 'I will not.' }],
    ],
  ])('%s', async (_what, said, content) => {
    const message = await asMessage(said);
    expect(message.content).toMatchObject(content);
    expect(message.content).toHaveLength(content.length);
    expect(message).toMatchObject({ stop_reason: 'tool_use', usage: { output_tokens: 7 } });
  });

  it('are whole however they are cut and mixed', () => {
    const input = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
    const cuts = fc.array(fc.nat({ max: 9 }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.array(input, { minLength: 1, maxLength: 4 }), cuts, (inputs, order) => {
        const left = inputs.map((each) => JSON.stringify(each));
        const said = inputs.map((_input, index) => calls(call({ index, id: `c${index}` }, `tool${index}`, '')));
        for (const number of [...order, ...inputs.keys()]) {
          const index = number % inputs.length;
          // The last of them takes what is left.
          const length = said.length >= inputs.length + order.length ? Number.MAX_SAFE_INTEGER : 1 + (number % 5);
          said.push(calls(call({ index }, undefined, left[index]?.slice(0, length))));
          left[index] = left[index]?.slice(length) ?? '';
        }
        const got = translated(createMessagesTranslator(), chunks(...said));
        inOrder(got);
        const told = inputs.map((_input, index) =>
          got
            .map((event) => (event['index'] === index ? (recordOf(event['delta'])['partial_json'] ?? '') : ''))
            .join(''),
        );
        expect(told.map((json) => JSON.parse(json))).toEqual(inputs.map((each) => JSON.parse(JSON.stringify(each))));
      }),
    );
  });

  it('go on as they come, as long as they do not mix', () => {
    const translator = createMessagesTranslator();
    const [first, second] = chunks(
      calls(call({ index: 0, id: 'a' }, 'look', '')),
      calls(call({ index: 0 }, undefined, '{"where":')),
    );
    expect(first && translator.push(first)).toContain('content_block_start');
    expect(second && translator.push(second)).toContain('"partial_json":"{\\"where\\":"');
  });

  it('are a reason to stop, whatever the provider says', async () => {
    const said = chunks(calls(call({ index: 0, id: 'a' }, 'look', '{}')));
    const stopped = said.map(({ data }) => ({ data: data.replace('"tool_calls"}', '"stop"}') }));
    expect(await asMessage(stopped)).toMatchObject({ stop_reason: 'tool_use' });
  });

  it.each<[string, SseEvent[]]>([
    ['a call without a name', chunks(calls(call({ index: 0, id: 'a' }, undefined, '{}')))],
    [
      'what comes behind the end of a call',
      chunks(
        calls(call({ index: 0, id: 'a' }, 'look', '{}')),
        calls(call({ index: 1, id: 'b' }, 'take', '{}')),
        calls(call({ index: 0 }, undefined, '{"more":1}')),
      ),
    ],
  ])('%s is no answer', (_what, said) => {
    expect(() => translated(createMessagesTranslator(), said)).toThrow(MalformedAnswer);
  });
});

const start = (index: number | undefined, block: object) => ({
  type: 'content_block_start',
  ...(index !== undefined && { index }),
  content_block: block,
});
const piece = (index: number | undefined, delta: object) => ({
  type: 'content_block_delta',
  ...(index !== undefined && { index }),
  delta,
});
const stop = (index: number | undefined) => ({ type: 'content_block_stop', ...(index !== undefined && { index }) });
const use = (id: string, name: string, input: object = {}) => ({ type: 'tool_use', id, name, input });
const json = (text: string) => ({ type: 'input_json_delta', partial_json: text });
const lookCall = { id: 'a', function: { name: 'look', arguments: '{"where":"here"}' } };
const takeCall = { id: 'b', function: { name: 'take', arguments: '{"what":"it"}' } };

describe('calls in Anthropic’s events, for OpenAI’s client', () => {
  it.each<[string, SseEvent[], object[]]>([
    [
      'one after another',
      events(
        start(0, { type: 'text', text: '' }),
        piece(0, { type: 'text_delta', text: 'I look.' }),
        stop(0),
        start(1, use('a', 'look')),
        piece(1, json('')),
        piece(1, json('{"where":')),
        piece(1, json('"here"}')),
        stop(1),
        start(2, use('b', 'take')),
        piece(2, json('{"what":"it"}')),
        stop(2),
      ),
      [lookCall, takeCall],
    ],
    [
      'mixed',
      events(
        start(0, use('a', 'look')),
        start(1, use('b', 'take')),
        piece(1, json('{"what"')),
        piece(0, json('{"where":"here"}')),
        piece(1, json(':"it"}')),
        stop(1),
        stop(0),
      ),
      [lookCall, takeCall],
    ],
    [
      'without numbers',
      events(
        start(undefined, use('a', 'look')),
        piece(undefined, json('{"where":"here"}')),
        stop(undefined),
        start(undefined, use('b', 'take')),
        piece(undefined, json('{"what":"it"}')),
        stop(undefined),
      ),
      [lookCall, takeCall],
    ],
    [
      'whole at their start',
      events(start(0, use('a', 'look', { where: 'here' })), stop(0), start(1, use('b', 'take', { what: 'it' }))),
      [lookCall, takeCall],
    ],
    [
      'that need nothing',
      events(start(0, use('a', 'look')), piece(0, json('')), stop(0)),
      [{ id: 'a', function: { name: 'look', arguments: '{}' } }],
    ],
    [
      'beside those of tools that run at the provider',
      events(
        start(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
        piece(0, json('{"query":"x"}')),
        stop(0),
        start(1, use('a', 'look')),
        piece(1, json('{"where":"here"}')),
        stop(1),
      ),
      [lookCall],
    ],
  ])('%s', async (_what, said, expected) => {
    const [choice] = (await asCompletion(said)).choices;
    expect(choice?.message.tool_calls).toMatchObject(expected);
    expect(choice?.message.tool_calls).toHaveLength(expected.length);
    expect(choice?.finish_reason).toBe('tool_calls');
  });

  it('keep the words that a block begins with', () => {
    const said = events(start(0, { type: 'text', text: 'One ' }), piece(0, { type: 'text_delta', text: 'two' }));
    const got = translated(createChatTranslator({ includeUsage: false }), said);
    const words = got.flatMap(({ choices }) => (Array.isArray(choices) ? choices.filter(isJson) : []));
    expect(words.map(({ delta }) => recordOf(delta)['content'] ?? '').join('')).toBe('One two');
  });

  it('of which nobody knows to which it belongs is no answer', () => {
    const said = events(start(0, use('a', 'look')), piece(7, json('{}')));
    expect(() => translated(createChatTranslator({ includeUsage: false }), said)).toThrow(MalformedAnswer);
  });
});
