import { type CallPiece, callOf } from './calls.ts';
import { frame, type Json, MalformedAnswer } from './stream.ts';

/** What becomes one of Anthropic's blocks. */
interface Part {
  readonly kind: 'text' | 'call';
  readonly index: number | undefined;
  id: string;
  name: string;
  /** All of it so far, and how much of that the client has. */
  text: string;
  told: number;
  isClosed: boolean;
}

/** Anthropic's stream has one block open at a time: what comes mixed waits for its turn. */
export interface Blocks {
  say(words: string): void;
  /** Throws `MalformedAnswer` for a piece of a call that was whole already. */
  call(piece: CallPiece): void;
  /** Frames of what can be told by now. */
  drain(): string;
  /** Frames of the rest. Throws `MalformedAnswer` for a call without a name. */
  end(): string;
  callCount(): number;
}

export function createBlocks(newId: (call: number) => string): Blocks {
  const calls: Part[] = [];
  /** The first may be open; the others wait. */
  const queue: Part[] = [];
  let begun = 0;
  let isOpen = false;

  function add(kind: Part['kind'], { index, id, name }: Omit<CallPiece, 'json'>): Part {
    const part: Part = { kind, index, id, name, text: '', told: 0, isClosed: false };
    queue.push(part);
    if (kind === 'call') calls.push(part);
    return part;
  }

  function open({ kind, id, name }: Part): string {
    isOpen = true;
    begun += 1;
    const block = kind === 'text' ? { type: 'text', text: '' } : { type: 'tool_use', id, name, input: {} };
    return blockFrame('content_block_start', { index: begun - 1, content_block: block });
  }

  function tell(part: Part): string {
    const opening = isOpen ? '' : open(part);
    const more = part.text.slice(part.told);
    part.told = part.text.length;
    if (more === '') return opening;
    const delta =
      part.kind === 'text' ? { type: 'text_delta', text: more } : { type: 'input_json_delta', partial_json: more };
    return opening + blockFrame('content_block_delta', { index: begun - 1, delta });
  }

  function close(part: Part): string {
    queue.shift();
    part.isClosed = true;
    isOpen = false;
    return blockFrame('content_block_stop', { index: begun - 1 });
  }

  return {
    say(words) {
      const last = queue.at(-1);
      const part = last?.kind === 'text' ? last : add('text', { index: undefined, id: '', name: '' });
      part.text += words;
    },
    call(piece) {
      const part = callOf(calls, piece) ?? add('call', piece);
      if (part.isClosed && piece.json.trim() !== '') throw new MalformedAnswer('a call goes on after its end');
      part.id ||= piece.id || newId(calls.indexOf(part));
      part.name ||= piece.name;
      part.text += piece.json;
    },
    drain() {
      let said = '';
      for (let part = queue[0]; part && (part.kind === 'text' || part.name !== ''); part = queue[0]) {
        said += tell(part);
        if (queue.length === 1 || !isWhole(part)) break;
        said += close(part);
      }
      return said;
    },
    end() {
      let said = '';
      for (let part = queue[0]; part; part = queue[0]) {
        if (part.kind === 'call' && part.name === '') throw new MalformedAnswer('a call has no name');
        said += tell(part) + close(part);
      }
      return said;
    },
    callCount: () => calls.length,
  };
}

/** Asked only where another part waits: nothing in OpenAI's chunks says that a call ends. */
function isWhole({ kind, text }: Part): boolean {
  if (kind === 'text') return true;
  if (!text.trimEnd().endsWith('}')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export const blockFrame = (type: string, rest: Json): string =>
  frame({ event: type, data: JSON.stringify({ type, ...rest }) });
