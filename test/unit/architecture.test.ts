import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/contracts/errors.ts';

const root = new URL('../../', import.meta.url).pathname;

async function filesOf(folder: string): Promise<{ file: string; text: string }[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  const files = names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
  return Promise.all(files.map(async (file) => ({ file, text: await readFile(join(root, file), 'utf8') })));
}

/** Without what is said about the code; strings stay, as code can hide in them. */
const codeOf = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');

const sources = await filesOf('src');
const linesOf = (text: string) => text.trimEnd().split('\n').length;

/** Where this is written, as `file: line of code`. */
function findings(pattern: RegExp, allowed: (file: string) => boolean = () => false): string[] {
  return sources.flatMap(({ file, text }) => {
    if (allowed(file)) return [];
    return codeOf(text)
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => `${file}: ${line.trim()}`);
  });
}

const isClock = (file: string) => file.endsWith('/clock.ts');
const isChance = (file: string) => file.endsWith('/identity.ts');
const isConfig = (file: string) => file.endsWith('/config.ts');

describe('these tests', () => {
  it('look at the code, and find what they look for', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(findings(/Date\.now\(\)/)).not.toEqual([]);
    expect(findings(/process\.env\b/)).not.toEqual([]);
  });

  it.each([
    ['const a = 1; // Date.now()', 'const a = 1;'],
    ['/** Date.now() */ const a = 1;', ' const a = 1;'],
    ["const url = 'http://x/y';", "const url = 'http://x/y';"],
  ])('do not take for code what is said about it: %s', (text, code) => {
    expect(codeOf(text).trimEnd()).toBe(code.trimEnd());
  });
});

describe('time and chance', () => {
  it.each<[string, RegExp]>([
    ['Date.now', /\bDate\.now\b/],
    ['new Date() for the present moment', /\bnew Date\(\s*\)/],
    ['Date() as a function', /(?<!new )\bDate\(\s*\)/],
    ['performance.now', /\bperformance\.now\b/],
    ['process.hrtime and process.uptime', /\bprocess\.(hrtime|uptime)\b/],
    ['setTimeout and its kin', /(?<![.\w])set(Timeout|Interval)\b/],
    ['setTimeout by way of the global object', /\b(globalThis|global|window)\.set(Timeout|Interval)\b/],
    ['the timers module', /['"](node:)?timers(\/promises)?['"]/],
  ])('%s is asked for in the clock alone', (_what, pattern) => {
    expect(findings(pattern, isClock)).toEqual([]);
  });

  it.each<[string, RegExp]>([
    ['Math.random', /\bMath\.random\b/],
    ['randomBytes and its kin', /\brandom(Bytes|UUID|Int|FillSync|Fill)\b/],
    ['getRandomValues', /\bgetRandomValues\b/],
  ])('%s is asked for in the clock and the identity alone', (_what, pattern) => {
    expect(findings(pattern, (file) => isClock(file) || isChance(file))).toEqual([]);
  });
});

describe('the environment', () => {
  it('is read in config.ts alone, whichever way', () => {
    expect(findings(/\bprocess\s*(\?\.|\.)\s*env\b|\bprocess\[['"]env/, isConfig)).toEqual([]);
    expect(findings(/\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/, isConfig)).toEqual([]);
    expect(findings(/import\s*\{[^}]*\benv\b[^}]*\}\s*from\s*['"](node:)?process['"]/)).toEqual([]);
  });
});

describe('a file of src/', () => {
  it.each(sources)('$file has 300 lines at most', ({ text }) => {
    expect(linesOf(text)).toBeLessThanOrEqual(300);
  });

  it('has a name that says what is in it', () => {
    expect(sources.map(({ file }) => file).filter((file) => /\/(utils?|helpers?|types?)\.ts$/.test(file))).toEqual([]);
  });

  it('switches no check off', () => {
    const switchedOff = /@ts-(ignore|expect-error|nocheck)|biome-ignore|eslint-disable/;
    expect(sources.filter(({ text }) => switchedOff.test(text)).map(({ file }) => file)).toEqual([]);
  });
});

describe('the README', () => {
  const path = join(root, 'README.md');
  const readme = async () => (existsSync(path) ? await readFile(path, 'utf8') : '');
  const config = sources.find(({ file }) => file === join('src', 'orchestrator', 'config.ts'))?.text ?? '';
  const variables = [...config.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].flatMap(([, name]) => name ?? []);

  it('is there', () => expect(existsSync(path)).toBe(true));

  it('knows the list of variables by heart, which is not empty', () => expect(variables.length).toBeGreaterThan(20));

  it('documents every error code with its status', async () => {
    const lines = (await readme()).split('\n');
    const missing = Object.entries(errorCodes).filter(
      ([code, { status }]) => !lines.some((line) => line.includes(`\`${code}\``) && line.includes(String(status))),
    );
    expect(missing.map(([code]) => code)).toEqual([]);
  });

  it('documents every variable of the configuration', async () => {
    const text = await readme();
    expect(variables.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});
