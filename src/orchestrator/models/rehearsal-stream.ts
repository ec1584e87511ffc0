import type { ChatCompletion, StreamOptions } from './chat.ts';

/** A finished completion as the server-sent events of a streaming one: the role, the words or calls, the end, `[DONE]`. */
export function rehearsalStream(completion: ChatCompletion, options?: StreamOptions | null): string[] {
  const { id, created, model, usage, choices } = completion;
  const withUsage = options?.include_usage === true;
  const chunk = (rest: Readonly<Record<string, unknown>>): string =>
    event(
      JSON.stringify({
        id,
        object: 'chat.completion.chunk',
        created,
        model,
        ...(withUsage ? { usage: null } : {}),
        ...rest,
      }),
    );

  const chunks = choices.flatMap(({ index, message, finish_reason }) =>
    [
      { delta: { role: 'assistant', content: '' }, finish_reason: null },
      ...wordsOf(message.content ?? '').map((content) => ({ delta: { content }, finish_reason: null })),
      ...(message.tool_calls ?? []).map((call, at) => ({
        delta: { tool_calls: [{ index: at, ...call }] },
        finish_reason: null,
      })),
      { delta: {}, finish_reason },
    ].map((choice) => chunk({ choices: [{ index, ...choice }] })),
  );
  return [...chunks, ...(withUsage ? [chunk({ choices: [], usage })] : []), event('[DONE]')];
}

const event = (data: string): string => `data: ${data}\n\n`;

/** Some words at a time, so that a reader of the stream has something to put together. */
const wordsOf = (text: string): string[] => text.match(/(?:\S+\s*|\s+){1,8}/g) ?? [];
