import { ReadableStream } from 'node:stream/web';
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream';
import { describe, expect, it } from 'vitest';
import { createChatRepeater } from '../../src/orchestrator/models/dialects/chat-stream-to-chat.ts';

type Choice = Readonly<Record<string, unknown>>;

const chunk = (choices: readonly Choice[], more: object = {}) => ({
  data: JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...more }),
});
const calls = (...pieces: object[]) =>
  chunk([{ index: 0, delta: { role: 'assistant', tool_calls: pieces }, finish_reason: null }]);
const end = chunk([{ index: 0, delta: {}, finish_reason: 'tool_calls' }]);

const call = (rest: object, name: string, json: string) => ({
  ...rest,
  type: 'function',
  function: { name, arguments: json },
});
const more = (rest: object, json: string) => ({ ...rest, function: { arguments: json } });

function repeated(said: readonly { data: string }[], includeUsage = false): Record<string, unknown>[] {
  const repeater = createChatRepeater({ includeUsage });
  const text = said.map((event) => repeater.push(event)).join('');
  return [...text.matchAll(/^data: (\{.*)$/gm)].map(([, json = '']) => JSON.parse(json));
}

/** OpenAI's own client reads it. */
async function heard(said: readonly { data: string }[]) {
  const json = repeated([...said, end]).map((each) => new TextEncoder().encode(`${JSON.stringify(each)}\n`));
  const stream = ChatCompletionStream.fromReadableStream(ReadableStream.from(json) as never);
  const [choice] = (await stream.finalChatCompletion()).choices;
  return choice?.message.tool_calls?.map((made) =>
    made.type === 'function' ? `${made.id} ${made.function.name} ${made.function.arguments}` : made.type,
  );
}

describe('calls in the chunks of whoever speaks like OpenAI, for OpenAI’s client', () => {
  const both = ['a look {"where":"here"}', 'b take {"what":"it"}'];
  it.each([
    [
      'numbered, in pieces and mixed',
      [
        calls(call({ index: 0, id: 'a' }, 'look', ''), call({ index: 1, id: 'b' }, 'take', '{"what"')),
        calls(more({ index: 0 }, '{"where":"here"}')),
        calls(more({ index: 1 }, ':"it"}')),
      ],
    ],
    [
      'without numbers, each in one piece',
      [calls(call({ id: 'a' }, 'look', '{"where":"here"}')), calls(call({ id: 'b' }, 'take', '{"what":"it"}'))],
    ],
    [
      'without numbers, in pieces',
      [
        calls(call({ id: 'a' }, 'look', '{"where":')),
        calls(more({}, '"here"}')),
        calls(call({ id: 'b' }, 'take', '{"what":"it"}')),
      ],
    ],
    [
      'all with the same number',
      [
        calls(call({ index: 0, id: 'a' }, 'look', '{"where":"here"}')),
        calls(call({ index: 0, id: 'b' }, 'take', '{"what":"it"}')),
      ],
    ],
  ])('%s', async (_what, said) => {
    expect(await heard(said)).toEqual(both);
  });

  it('keep what their provider wants to have back', () => {
    const signature = { extra_content: { google: { thought_signature: 'abc' } } };
    expect(repeated([calls({ ...call({ id: 'a' }, 'look', '{}'), ...signature })])).toMatchObject([
      { choices: [{ delta: { tool_calls: [{ index: 0, ...signature }] } }] },
    ]);
  });

  it('are numbered for each of several answers', () => {
    const said = [0, 1].map((index) => chunk([{ index, delta: { tool_calls: [call({ id: 'a' }, 'look', '{}')] } }]));
    expect(repeated(said)).toMatchObject([0, 1].map(() => ({ choices: [{ delta: { tool_calls: [{ index: 0 }] } }] })));
  });
});

describe('the usage of a stream', () => {
  const words = { index: 0, delta: { content: 'the "usage" of it' }, finish_reason: null };
  const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
  const said = [chunk([words], { usage: null }), chunk([words], { usage }), chunk([], { usage })];

  it('reaches nobody who has not asked for it, and takes no words along', () => {
    expect(repeated(said)).toEqual([0, 1].map(() => JSON.parse(chunk([words]).data)));
  });
  it('reaches whoever has, as it came', () => {
    expect(repeated(said, true)).toEqual(said.map(({ data }) => JSON.parse(data)));
  });
});

it('what has nothing of this goes on byte by byte', () => {
  const data = '{"choices" : [ {"delta":{"content":"a"}} ], "created":1.0}';
  expect(createChatRepeater({ includeUsage: false }).push({ data })).toBe(`data: ${data}\n\n`);
  expect(createChatRepeater({ includeUsage: false }).push({ data: '[DONE]' })).toBe('data: [DONE]\n\n');
});
