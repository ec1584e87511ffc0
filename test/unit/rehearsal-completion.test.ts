import { describe, expect, it } from 'vitest';
import { type ChatRequest, chatCompletionSchema, chatRequestSchema } from '../../src/orchestrator/models/chat.ts';
import { recordOf } from '../../src/orchestrator/models/dialects/stream.ts';
import { rehearse } from '../../src/orchestrator/models/rehearsal.ts';
import { rehearsalStream } from '../../src/orchestrator/models/rehearsal-stream.ts';
import { aBriefing, aTask, play } from '../support/rehearsal-stage.ts';

const wakeOnly = (content: string): ChatRequest =>
  chatRequestSchema.parse({ model: 'm', messages: [{ role: 'user', content }] });

describe('a completion', () => {
  it('is the same for the same request, down to the ids', async () => {
    const { requests } = await play({ role: 'cmo', briefing: aBriefing({ tasks: [aTask({ title: 'Launch it' })] }) });
    expect(requests.length).toBeGreaterThan(2);
    for (const request of requests) expect(rehearse(structuredClone(request))).toEqual(rehearse(request));
    const ids = requests
      .flatMap((request) => rehearse(request).choices[0]?.message.tool_calls ?? [])
      .map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('satisfies its schema and counts tokens', () => {
    const answer = rehearse(wakeOnly('What is two and two?'));
    expect(chatCompletionSchema.parse(answer).choices[0]?.message.content).toContain('What is two and two?');
    const { prompt_tokens: prompt, completion_tokens: said, total_tokens: total } = recordOf(answer.usage);
    expect(total).toBe(Number(prompt) + Number(said));
  });

  it('understands content in parts, and fields it has never heard of', () => {
    const request = chatRequestSchema.parse({
      model: 'm',
      temperature: 0.3,
      novelty: { on: true },
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'In parts' },
            { type: 'image_url', image_url: { url: 'x' } },
          ],
        },
      ],
    });
    expect(rehearse(request).choices[0]?.message.content).toContain('In parts');
  });
});

describe('a stream', () => {
  const data = (events: string[]) => events.slice(0, -1).map((event) => JSON.parse(event.replace(/^data: /, '')));

  it('adds up to the completion and ends with [DONE]', () => {
    const completion = rehearse(wakeOnly('Tell me\n\nsomething  with   gaps'));
    const events = rehearsalStream(completion);
    expect(events.at(-1)).toBe('data: [DONE]\n\n');
    const words = data(events).map(({ choices }) => choices[0].delta.content ?? '');
    expect(words.join('')).toBe(completion.choices[0]?.message.content);
    expect(data(events).at(-1).choices[0].finish_reason).toBe('stop');
    expect(events.join('')).not.toContain('usage');
  });

  it('carries tool calls with their index, and the usage when asked for', async () => {
    const { requests } = await play({ role: 'cmo', briefing: aBriefing({ tasks: [aTask({ title: 'Launch it' })] }) });
    const [request] = requests;
    if (!request) throw new Error('the play made no request');
    const completion = rehearse(request);
    const chunks = data(rehearsalStream(completion, { include_usage: true }));
    const calls = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    expect(calls).toEqual(completion.choices[0]?.message.tool_calls?.map((call, index) => ({ index, ...call })));
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: completion.usage });
  });
});
