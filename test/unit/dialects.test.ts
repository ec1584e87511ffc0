import { describe, expect, it } from 'vitest';
import { chatRequestSchema } from '../../src/orchestrator/models/chat.ts';
import { createMessagesTranslator } from '../../src/orchestrator/models/dialects/chat-stream-to-messages.ts';
import { toMessagesRequest } from '../../src/orchestrator/models/dialects/chat-to-messages.ts';
import { toMessage } from '../../src/orchestrator/models/dialects/completion-to-message.ts';
import { toChatCompletion } from '../../src/orchestrator/models/dialects/message-to-completion.ts';
import { messagesRequestSchema } from '../../src/orchestrator/models/dialects/messages.ts';
import { createChatTranslator } from '../../src/orchestrator/models/dialects/messages-stream-to-chat.ts';
import { toChatRequest } from '../../src/orchestrator/models/dialects/messages-to-chat.ts';
import { MalformedAnswer } from '../../src/orchestrator/models/dialects/stream.ts';
import { createUsageTap } from '../../src/orchestrator/models/dialects/usage.ts';

const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"where":"here"}' } };
const use = { type: 'tool_use', id: 'call_1', name: 'look', input: { where: 'here' } };
const toMessages = (request: object) =>
  toMessagesRequest(chatRequestSchema.parse({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...request }), {
    maxTokens: 9,
  });
const toChat = (request: object) =>
  toChatRequest(
    messagesRequestSchema.parse({ model: 'm', max_tokens: 5, messages: [{ role: 'user', content: 'hi' }], ...request }),
  );

describe('OpenAI’s request in Anthropic’s words', () => {
  it.each<[string, object, object]>([
    ['a length, where none is given', {}, { max_tokens: 9 }],
    ['the newer name of the length', { max_completion_tokens: 7, max_tokens: 3 }, { max_tokens: 7 }],
    ['a temperature above its own bound', { temperature: 1.7 }, { temperature: 1 }],
    ['one stop', { stop: 'END' }, { stop_sequences: ['END'] }],
    ['several', { stop: ['A', 'B'] }, { stop_sequences: ['A', 'B'] }],
    ['a stream', { stream: true }, { stream: true }],
    [
      'system and developer',
      {
        messages: [
          { role: 'system', content: 'Be good.' },
          { role: 'developer', content: 'Be brief.' },
          { role: 'user', content: 'hi' },
        ],
      },
      { system: 'Be good.\n\nBe brief.', messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] },
    ],
    [
      'calls and their results, as turns',
      {
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', content: null, tool_calls: [call, { ...call, id: 'call_2' }] },
          { role: 'tool', tool_call_id: 'call_1', content: 'a desk' },
          { role: 'tool', tool_call_id: 'call_2', content: 'a chair' },
          { role: 'user', content: 'and?' },
        ],
      },
      {
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'hi' }] },
          { role: 'assistant', content: [use, { ...use, id: 'call_2' }] },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 'call_1', content: 'a desk' },
              { type: 'tool_result', tool_use_id: 'call_2', content: 'a chair' },
              { type: 'text', text: 'and?' },
            ],
          },
        ],
      },
    ],
    [
      'pictures',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
              { type: 'image_url', image_url: { url: 'https://a.example/b.png' } },
            ],
          },
        ],
      },
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
              { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } },
            ],
          },
        ],
      },
    ],
    [
      'tools and the choice of one',
      {
        tools: [{ type: 'function', function: { name: 'look', description: 'Looks', parameters: { properties: {} } } }],
        tool_choice: { type: 'function', function: { name: 'look' } },
        parallel_tool_calls: false,
      },
      {
        tools: [{ name: 'look', description: 'Looks', input_schema: { type: 'object', properties: {} } }],
        tool_choice: { type: 'tool', name: 'look', disable_parallel_tool_use: true },
      },
    ],
    [
      'arguments that are no JSON',
      {
        messages: [
          { role: 'assistant', content: '', tool_calls: [{ ...call, function: { name: 'look', arguments: '{"a' } }] },
        ],
      },
      { messages: [{ role: 'assistant', content: [{ ...use, input: { unreadable: '{"a' } }] }] },
    ],
  ])('%s', (_what, request, expected) => {
    expect(toMessages(request)).toMatchObject(expected);
  });

  it.each([
    ['auto', { type: 'auto' }],
    ['none', { type: 'none' }],
    ['required', { type: 'any' }],
  ])('the choice %s', (choice, expected) => {
    const tools = [{ type: 'function', function: { name: 'look' } }];
    expect(toMessages({ tools, tool_choice: choice })).toMatchObject({ tool_choice: expected });
  });
});

describe('Anthropic’s request in OpenAI’s words', () => {
  it.each<[string, object, object]>([
    [
      'the system',
      { system: [{ type: 'text', text: 'Be good.' }] },
      {
        messages: [
          { role: 'system', content: 'Be good.' },
          { role: 'user', content: 'hi' },
        ],
      },
    ],
    [
      'a system’s word in the middle',
      {
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
        ],
      },
      {
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'system', content: 'Be brief.' },
        ],
      },
    ],
    ['a stream, with its usage', { stream: true }, { stream: true, stream_options: { include_usage: true } }],
    ['the stops', { stop_sequences: ['A'] }, { stop: ['A'] }],
    ['any tool', { tools: [{ name: 'look' }], tool_choice: { type: 'any' } }, { tool_choice: 'required' }],
    [
      'a turn of calls and thoughts',
      {
        messages: [
          {
            role: 'assistant',
            content: [{ type: 'thinking', thinking: 'hm' }, { type: 'text', text: 'I look.' }, use],
          },
        ],
      },
      { messages: [{ role: 'assistant', content: 'I look.', tool_calls: [call] }] },
    ],
    [
      'results before the words of the same turn',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'so?' },
              { type: 'tool_result', tool_use_id: 'call_1', content: [{ type: 'text', text: 'a desk' }] },
            ],
          },
        ],
      },
      {
        messages: [
          { role: 'tool', tool_call_id: 'call_1', content: 'a desk' },
          { role: 'user', content: [{ type: 'text', text: 'so?' }] },
        ],
      },
    ],
    [
      'a picture',
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } }],
          },
        ],
      },
      {
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }] }],
      },
    ],
  ])('%s', (_what, request, expected) => {
    expect(toChat(request)).toMatchObject(expected);
  });
});

const completion = {
  id: 'x',
  object: 'chat.completion' as const,
  created: 0,
  model: 'm',
  choices: [
    {
      index: 0,
      message: { role: 'assistant' as const, content: 'I look.', tool_calls: [{ ...call, type: 'function' as const }] },
      finish_reason: 'tool_calls',
    },
  ],
  usage: { prompt_tokens: 110, completion_tokens: 20, total_tokens: 130, prompt_tokens_details: { cached_tokens: 10 } },
};

describe('an answer', () => {
  it('is the same after there and back', () => {
    expect(toChatCompletion(toMessage(completion))).toEqual(completion);
  });
  it('has its usage in the other’s words', () => {
    expect(toMessage(completion).usage).toMatchObject({
      input_tokens: 100,
      output_tokens: 20,
      cache_read_input_tokens: 10,
    });
  });
  it('without words is null there and nothing here', () => {
    const silent = {
      ...completion,
      choices: [{ index: 0, message: { role: 'assistant' as const, content: '' }, finish_reason: 'stop' }],
    };
    expect(toMessage(silent).content).toEqual([]);
    expect(toChatCompletion(toMessage(silent)).choices[0]?.message.content).toBeNull();
  });
});

describe('an event that is none', () => {
  it.each([createMessagesTranslator(), createChatTranslator({ includeUsage: true })])('is refused', (translator) => {
    expect(() => translator.push({ data: '{"id": ' })).toThrow(MalformedAnswer);
    expect(() => translator.push({ data: '[]' })).toThrow(MalformedAnswer);
  });
});

describe('what a stream has used', () => {
  const tapped = (dialect: 'openai' | 'anthropic', events: readonly object[]) => {
    const tap = createUsageTap(dialect);
    for (const event of events) tap.push({ data: JSON.stringify(event) });
    tap.push({ data: '[DONE]' });
    return { usage: tap.usage(), length: tap.textLength() };
  };
  const start = {
    type: 'message_start',
    message: { usage: { input_tokens: 7, cache_read_input_tokens: 3, output_tokens: 1 } },
  };
  const text = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'twelve words' } };

  it('is unknown before the provider has said it to the end, and the length of its words is known', () => {
    expect(tapped('anthropic', [start, text])).toEqual({ usage: undefined, length: 12 });
    expect(tapped('openai', [{ choices: [{ delta: { content: 'twelve words' } }] }])).toEqual({
      usage: undefined,
      length: 12,
    });
  });
  it('is what the provider says last', () => {
    const end = {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn' },
      usage: { output_tokens: 40, input_tokens: null },
    };
    expect(tapped('anthropic', [start, text, end]).usage).toEqual({
      inputTokens: 7,
      outputTokens: 40,
      cacheReadTokens: 3,
      cacheWriteTokens: 0,
    });
    const usage = { prompt_tokens: 10, completion_tokens: 4 };
    expect(
      tapped('openai', [
        { choices: [], usage: null },
        { choices: [], usage },
      ]).usage,
    ).toMatchObject({ inputTokens: 10, outputTokens: 4 });
  });
  it('tells what is kept for an hour from what is kept for minutes', () => {
    const cache_creation = { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 400 };
    const usage = { input_tokens: 7, cache_creation_input_tokens: 500, cache_creation, output_tokens: 1 };
    const end = { type: 'message_delta', delta: {}, usage: { output_tokens: 40 } };
    const told = { cacheWriteTokens: 500, cacheWriteHourTokens: 400, outputTokens: 40 };
    expect(tapped('anthropic', [{ type: 'message_start', message: { usage } }, end]).usage).toMatchObject(told);
  });
  it.each<['openai' | 'anthropic', object]>([
    ['openai', { prompt_tokens: -5, completion_tokens: 4 }],
    ['openai', { prompt_tokens: 5, completion_tokens: 'many' }],
    ['openai', {}],
    ['anthropic', { output_tokens: 4 }],
    ['anthropic', { input_tokens: 5, output_tokens: null }],
  ])('is unknown, not nothing, where it makes no sense (%s, %j)', (dialect, usage) => {
    const events = dialect === 'openai' ? [{ choices: [], usage }] : [{ type: 'message_delta', delta: {}, usage }];
    expect(tapped(dialect, events).usage).toBeUndefined();
  });
});
