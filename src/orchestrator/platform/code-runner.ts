import { z } from 'zod';

/** JavaScript that nobody trusts. */
export interface ForeignCode {
  readonly source: string;
  /** Expressions to evaluate behind it, one after the other; each must give a text. */
  readonly calls: readonly string[];
}

export type CodeResult =
  /** What each call gave; undefined for one that threw, or gave no text. */
  | { readonly kind: 'ran'; readonly outputs: readonly (string | undefined)[] }
  /** It never got so far: it does not compile, ran for too long, or used up its memory. */
  | { readonly kind: 'failed'; readonly because: string };

/** Runs it where it reaches no file, no variable of ours, no network and no other process. Rejects where nothing can be run at all. */
export interface CodeRunner {
  /** How it is confined: by the engine, or by Node's permissions in a process of its own. */
  readonly kind: 'docker' | 'process';
  run(code: ForeignCode, signal: AbortSignal): Promise<CodeResult>;
}

/** One argument of a program has room for 128 KiB. */
const codeBytesMax = 64_000;
export const outputBytesMax = 256_000;
/** For the whole program, its start included; whoever needs longer for a few small cases does something else. */
export const codeMsMax = 10_000;
export const heapMebibytes = 64;

/**
 * What the process does with the code, as a program for `node -e`. The code gets a realm of its own without a host object to climb
 * out by; should an error of ours get into its hands all the same, its `Function` compiles nothing here.
 */
const program = `'use strict';
const { createContext, runInContext } = require('node:vm');
const { source, calls } = JSON.parse(process.argv.at(-1));
const realm = createContext(Object.create(null), { codeGeneration: { strings: true, wasm: false } });
runInContext('for (const name of ["ArrayBuffer", "SharedArrayBuffer", "DataView", "Atomics", "WebAssembly"]) delete globalThis[name];' +
  'for (const name of Object.getOwnPropertyNames(globalThis)) if (/^(Uint|Int|Float|BigInt|BigUint)\\\\d+(Clamped)?Array$/.test(name)) delete globalThis[name];', realm);
const attempt = (code) => { try { const value = runInContext(code, realm); return typeof value === 'string' ? value : null; } catch { return null; } };
runInContext(source, realm);
// Nothing of the code runs after this: what it has put off until later never comes.
process.stdout.write(JSON.stringify(calls.map(attempt)), () => process.exit(0));
`;

/** Interpreted only, since compilers are where engines break; and memory beyond the heap is out of reach with what is deleted above. */
const flags = ['--jitless', '--disallow-code-generation-from-strings', `--max-old-space-size=${heapMebibytes}`];

/** The arguments for Node; undefined where there is more code than anybody needs. */
export function nodeArguments(code: ForeignCode, permission: readonly string[] = []): string[] | undefined {
  const text = JSON.stringify(code);
  if (Buffer.byteLength(text) > codeBytesMax) return undefined;
  return [...permission, ...flags, '--no-warnings', '-e', program, '--', text];
}

export const failed = (because: string): CodeResult => ({ kind: 'failed', because });
export const tooMuchCode = failed('it is longer than 64 kB');
export const tooMuchOutput = 'it gives back too much';
export const tooLate = 'it did not end in time';

const outputSchema = z.array(z.string().nullable());

/** Of what the process has printed by its end: the outputs, or nothing where it did not get so far. */
export function resultOf(printed: string): CodeResult {
  const outputs = outputSchema.safeParse(parsed(printed));
  if (!outputs.success) return failed('it does not compile, throws before it is called, or used up its memory or time');
  return { kind: 'ran', outputs: outputs.data.map((output) => output ?? undefined) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
