import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';
import { contractText } from './contract-text.ts';

/** Takes the bytes of a stream, whatever their number, and gives its lines. */
export interface LineReader {
  write(chunk: Buffer): void;
  /** The last line may lack its end. */
  end(): void;
}

/** What is longer is cut: a stream without a line break must not fill the memory. */
const rawCharactersMax = 4_000;
const lineCharactersMax = 500;

export interface LineReaderOptions {
  /** Never shown, even when the command prints it. */
  readonly secret: string;
  readonly onLine: (line: string) => void;
}

/** Lines without colours and secrets, each at most 500 characters; empty ones are left out. */
export function createLineReader({ secret, onLine }: LineReaderOptions): LineReader {
  const decoder = new StringDecoder('utf8');
  let open = '';

  function emit(raw: string): void {
    const line = stripVTControlCharacters(raw).replaceAll(secret, '[token]').trimEnd();
    if (line !== '') onLine(contractText(line, lineCharactersMax));
  }
  const extend = (part: string) => {
    if (open.length < rawCharactersMax) open += part.slice(0, rawCharactersMax - open.length);
  };

  return {
    write(chunk) {
      const [first = '', ...others] = decoder.write(chunk).split(/\r\n|[\n\r]/);
      extend(first);
      for (const part of others) {
        emit(open);
        open = '';
        extend(part);
      }
    },
    end() {
      extend(decoder.end());
      emit(open);
      open = '';
    },
  };
}

/** The last lines of a stream, as many as fit. */
export function createTail(charactersMax: number): { add(line: string): void; text(): string } {
  const lines: string[] = [];
  let characters = 0;
  return {
    add(line) {
      lines.push(line);
      characters += line.length + 1;
      while (characters > charactersMax) characters -= (lines.shift()?.length ?? 0) + 1;
    },
    text: () => lines.join('\n'),
  };
}
