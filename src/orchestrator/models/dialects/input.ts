import { isJson } from './stream.ts';

/** A call's arguments as a model wrote them; what cannot be read is handed on for the client to refuse. */
export function inputOf(text: string): unknown {
  try {
    const input: unknown = JSON.parse(text || '{}');
    return isJson(input) ? input : { value: input };
  } catch {
    return { unreadable: text };
  }
}
