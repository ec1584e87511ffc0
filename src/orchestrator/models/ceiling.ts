import type { ModelPrice } from '../../contracts/model.ts';
import type { Usage } from './accounts.ts';
import { isJson, type Json, listOf } from './dialects/stream.ts';

/** Bytes that a token has at least, about, in any script: what is planned for is never too little. */
const bytesPerToken = 3;
/** What providers count for a large picture. */
const tokensPerPicture = 3_000;

/** The most that a request's words and pictures can be, in tokens: about as many as it is long. */
export function inputCeilingOf(body: Json): number {
  const pictures = new Set<unknown>(partsOf(body['messages']).flatMap(pictureOf));
  const words = JSON.stringify(body, function (this: unknown, key, value: unknown) {
    return pictures.has(this) && (key === 'url' || key === 'data') ? '' : value;
  });
  return Math.ceil(Buffer.byteLength(words) / bytesPerToken) + pictures.size * tokensPerPicture;
}

/** The most a call can use: its input about as long as it is, each of its answers as long as it may get. */
export function ceilingOf(body: Json, { maxOutput }: ModelPrice): Usage {
  // Which of the two names a provider goes by is its own affair.
  const asked = [body['max_completion_tokens'], body['max_tokens']].filter((value) => typeof value === 'number');
  const answers = typeof body['n'] === 'number' ? body['n'] : 1;
  return {
    inputTokens: inputCeilingOf(body),
    outputTokens: answers * (asked.length > 0 ? Math.max(...asked) : maxOutput),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
  };
}

/** Parts of messages, and of the tools' results in them. Elsewhere, what looks like a picture is words and counts by its length. */
function partsOf(messages: unknown): Json[] {
  return listOf(messages)
    .flatMap(({ content }) => listOf(content))
    .flatMap((part) => (part['type'] === 'tool_result' ? [part, ...listOf(part['content'])] : [part]));
}

/** What holds the data of a picture, in either dialect. */
function pictureOf({ type, image_url: url, source }: Json): unknown[] {
  if (type === 'image_url' && isJson(url)) return [url];
  return type === 'image' && isJson(source) ? [source] : [];
}
