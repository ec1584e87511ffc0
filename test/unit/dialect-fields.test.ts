import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chatRequestSchema } from '../../src/orchestrator/models/chat.ts';
import { toMessagesRequest } from '../../src/orchestrator/models/dialects/chat-to-messages.ts';
import { chatFields, messagesFields, refuseUnsaid } from '../../src/orchestrator/models/dialects/fields.ts';
import { messagesRequestSchema } from '../../src/orchestrator/models/dialects/messages.ts';
import { toChatRequest } from '../../src/orchestrator/models/dialects/messages-to-chat.ts';
import { Untranslatable } from '../../src/orchestrator/models/dialects/untranslatable.ts';

const toMessages = (request: object) => {
  const body = chatRequestSchema.parse({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...request });
  refuseUnsaid(body, chatFields);
  return toMessagesRequest(body, { maxTokens: 9 });
};
const toChat = (request: object) => {
  const body = messagesRequestSchema.parse({
    model: 'm',
    max_tokens: 5,
    messages: [{ role: 'user', content: 'hi' }],
    ...request,
  });
  refuseUnsaid(body, messagesFields);
  return toChatRequest(body);
};
const user = (...content: object[]) => ({ messages: [{ role: 'user', content }] });
const assistant = (...content: object[]) => ({ messages: [{ role: 'assistant', content }] });
const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
const jsonSchema = { type: 'json_schema', json_schema: { name: 'a', strict: true, schema } };

describe('what OpenAI’s client asks of Anthropic', () => {
  it.each<[string, object, object]>([
    [
      'an answer by a schema',
      { response_format: jsonSchema },
      { output_config: { format: { type: 'json_schema', schema } } },
    ],
    [
      'the strictness of a tool',
      { tools: [{ type: 'function', function: { name: 'a', strict: true } }] },
      { tools: [{ strict: true }] },
    ],
    ['the number of tokens to choose from', { top_k: 5 }, { top_k: 5 }],
    [
      'what it refused before',
      { messages: [{ role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] }] },
      { messages: [{ content: [{ type: 'text', text: 'No.' }] }] },
    ],
  ])('says %s', (_what, request, expected) => {
    expect(toMessages(request)).toMatchObject(expected);
  });

  it('says nothing of a format that is none', () => {
    expect(toMessages({ response_format: { type: 'text' } })).not.toHaveProperty('output_config');
  });

  it.each<[string, object]>([
    ['logprobs', { logprobs: true }],
    ['top_logprobs', { top_logprobs: 3 }],
    ['n', { n: 2 }],
    ['logit_bias', { logit_bias: { 50256: -100 } }],
    ['modalities', { modalities: ['text', 'audio'] }],
    ['audio', { audio: { voice: 'alloy', format: 'wav' } }],
    ['functions', { functions: [{ name: 'look' }] }],
    ['function_call', { function_call: { name: 'look' } }],
    ['web_search_options', { web_search_options: {} }],
    ['something_new', { something_new: 1 }],
    ['response_format', { response_format: { type: 'json_object' } }],
    ['response_format', { response_format: { type: 'json_schema', json_schema: { name: 'a' } } }],
    ['tools', { tools: [{ type: 'custom', custom: { name: 'a' } }] }],
    ['tool_choice', { tools: [{ type: 'function', function: { name: 'a' } }], tool_choice: { type: 'allowed_tools' } }],
    ['messages', user({ type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } })],
    ['messages', { messages: [{ role: 'system', content: [{ type: 'file', file: {} }] }] }],
    ['messages', { messages: [{ role: 'tool', tool_call_id: 'a', content: [{ type: 'image_url' }] }] }],
    ['messages', { messages: [{ role: 'function', name: 'a', content: 'b' }] }],
    ['messages', { messages: [{ role: 'assistant', content: null, function_call: { name: 'a', arguments: '' } }] }],
    ['messages', { messages: [{ role: 'assistant', content: null, audio: { id: 'a' } }] }],
  ])('is refused rather than left out: %s', (field, request) => {
    expect(() => toMessages(request)).toThrow(Untranslatable);
    expect(() => toMessages(request)).toThrow(`${field}: `);
  });

  it.each(chatFields.left)('is answered without %s, which changes nothing that it says', (field) => {
    expect(toMessages({ [field]: 'x' })).toEqual(toMessages({}));
  });

  it.each<[string, unknown]>([
    ['logprobs', false],
    ['top_logprobs', 0],
    ['n', 1],
    ['logit_bias', {}],
    ['modalities', ['text']],
    ['functions', []],
    ['something_new', null],
  ])('is not refused for a %s that asks for nothing', (field, value) => {
    expect(toMessages({ [field]: value })).toEqual(toMessages({}));
  });
});

describe('what Anthropic’s client asks of OpenAI', () => {
  const format = { type: 'json_schema', schema };
  const strict = { response_format: { type: 'json_schema', json_schema: { schema, strict: true } } };
  it.each<[string, object, object]>([
    ['an answer by a schema', { output_config: { format } }, strict],
    ['one by the older name', { output_format: format }, strict],
    ['the strictness of a tool', { tools: [{ name: 'a', strict: true }] }, { tools: [{ function: { strict: true } }] }],
    [
      'a document of words',
      user({ type: 'document', title: 'A', source: { type: 'text', media_type: 'text/plain', data: 'words' } }),
      { messages: [{ content: [{ type: 'text', text: 'A\n\nwords' }] }] },
    ],
    [
      'that a tool failed',
      user({ type: 'tool_result', tool_use_id: 'a', is_error: true, content: 'no desk' }),
      { messages: [{ role: 'tool', content: 'Error: no desk' }] },
    ],
    [
      'pictures that a tool gave, behind its words',
      user({
        type: 'tool_result',
        tool_use_id: 'a',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } },
        ],
      }),
      {
        messages: [
          { role: 'tool', tool_call_id: 'a', content: 'see' },
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }] },
        ],
      },
    ],
  ])('says %s', (_what, request, expected) => {
    expect(toChat(request)).toMatchObject(expected);
  });

  it.each<[string, object]>([
    ['inference_geo', { inference_geo: 'us' }],
    ['mcp_servers', { mcp_servers: [{ type: 'url', url: 'https://a.test', name: 'a' }] }],
    ['something_new', { something_new: 1 }],
    ['output_config', { output_config: { format: { type: 'xml' } } }],
    ['output_config', { output_config: { task_budget: { type: 'tokens', total: 1 } } }],
    ['tools', { tools: [{ type: 'bash_20250124', name: 'bash' }] }],
    ['tool_choice', { tools: [{ name: 'a' }], tool_choice: { type: 'newest' } }],
    ['messages', user({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AA' } })],
    ['messages', user({ type: 'search_result', source: 'a', title: 'b', content: [] })],
    ['messages', user({ type: 'image', source: { type: 'file', file_id: 'a' } })],
    ['messages', user({ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'document' }] })],
    ['messages', assistant({ type: 'server_tool_use', id: 'a', name: 'web_search', input: {} })],
  ])('is refused rather than left out: %s', (field, request) => {
    expect(() => toChat(request)).toThrow(Untranslatable);
    expect(() => toChat(request)).toThrow(`${field}: `);
  });

  it.each(messagesFields.left)('is answered without %s, which changes nothing that it says', (field) => {
    expect(toChat({ [field]: { type: 'x' } })).toEqual(toChat({}));
  });
});

it('README says what is left out', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  for (const field of [...chatFields.left, ...messagesFields.left]) expect(readme).toContain(`\`${field}\``);
});
