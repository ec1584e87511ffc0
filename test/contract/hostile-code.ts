import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CodeRunner } from '../../src/orchestrator/platform/code-runner.ts';

const signal = new AbortController().signal;

/** Ways out of a realm that have led somewhere in one Node or another; each gives `reach`, a function to Node's insides, or throws. */
const ways: readonly [string, string][] = [
  ['the constructor of the global object', 'reach = this.constructor.constructor("return process")'],
  ['the constructor of a function', 'reach = (() => 0).constructor("return process")'],
  [
    'a generator’s constructor',
    'reach = (function* () {}).constructor("yield process")().next; reach = () => reach().value',
  ],
  [
    'the error of an import',
    'import("node:fs").catch((e) => { reach = e.constructor.constructor("return process"); })',
  ],
  [
    'an overflowing stack',
    'const deep = () => deep(); try { deep(); } catch (e) { reach = e.constructor.constructor("return process"); }',
  ],
  [
    'prepareStackTrace',
    'Error.prepareStackTrace = (_, calls) => calls; const [last] = new Error().stack.slice(-1); reach = () => last.getThis().process',
  ],
  ['a proxy in the place of a result', 'reach = new Proxy(() => 0, { apply: (_, self) => self.process })'],
  [
    'arguments.callee.caller',
    'reach = (function () { return arguments.callee.caller.constructor("return process")(); })',
  ],
  ['Function.prototype.call of the host', 'reach = Function.prototype.call.bind(Function("return process"))'],
  ['an async function’s constructor', 'reach = (async () => 0).constructor("return process")'],
];

/** What stands behind `process`, if anybody gets there. */
const prey = (port: number): readonly [string, string][] => [
  ['a file', `reach().getBuiltinModule("node:fs").readFileSync("/etc/passwd", "utf8")`],
  ['the environment', 'JSON.stringify(reach().env)'],
  ['the network', `reach().getBuiltinModule("node:http").get("http://127.0.0.1:${port}/") && "asked"`],
  ['a signal to another process', 'String(reach().kill(reach().ppid, 0))'],
];

/** Code that nobody trusts: what every runner of it has to withstand. */
export function describeCodeRunner(make: () => CodeRunner): void {
  let runner: CodeRunner;
  let calls = 0;
  let port = 0;
  const server = createServer((_request, response) => {
    calls += 1;
    response.end();
  });
  beforeAll(async () => {
    runner = make();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());

  const run = (source: string, ...expressions: string[]) => runner.run({ source, calls: expressions }, signal);

  it('gives what each call gives, and nothing for those that throw or give no text', async () => {
    const source = 'let count = 0; function add(a, b) { count += 1; return a + b; }';
    expect(await run(source, 'String(add(1, 2))', 'nope()', 'add(1, 2)', 'String(count)')).toEqual({
      kind: 'ran',
      outputs: ['3', undefined, undefined, '2'],
    });
  });

  it.each([
    ['does not compile', 'function ('],
    ['throws', 'throw new Error("no")'],
    ['throws what cannot be looked at', 'throw new Proxy({}, { get() { throw 1; } })'],
    ['uses up its memory', 'const all = []; while (true) all.push(new Array(1000).fill(1));'],
    ['uses up its memory with one text', '"x".repeat(2 ** 29 - 24).split("")'],
    ['does not end', 'while (true);'],
    ['does not end while it is looked for', 'Object.defineProperty(globalThis, "String", { get() { while (true); } })'],
  ])('fails, and hangs nobody, when it %s', async (_what, source) => {
    expect((await run(source, 'String(1)')).kind).toBe('failed');
  });

  it('runs nothing that is put off until later', async () => {
    expect(await run('Promise.resolve().then(() => { while (true); })', '"here"')).toEqual({
      kind: 'ran',
      outputs: ['here'],
    });
  });

  it('gives back no more than there is room for', async () => {
    expect(await run('', '"x".repeat(1e6)')).toEqual({ kind: 'failed', because: 'it gives back too much' });
    expect((await run(`/*${'x'.repeat(70_000)}*/`, '"here"')).kind).toBe('failed');
  });

  it('ends when nobody waits any more', async () => {
    const over = new AbortController();
    const running = runner.run({ source: 'while (true);', calls: [] }, over.signal);
    over.abort(new Error('left'));
    await expect(running).rejects.toThrow('left');
  });

  describe.each(ways)('by way of %s', (_way, way) => {
    it('it reaches nothing', async () => {
      const source = `let reach = () => { throw 1; };\ntry { ${way} } catch {}`;
      // Twice: what an import throws is there only after a turn, if at all.
      const attempts = [...prey(port), ...prey(port)].map(([, expression]) => expression);
      const result = await run(source, ...attempts);
      if (result.kind === 'ran') expect(result.outputs).toEqual(attempts.map(() => undefined));
      expect(calls).toBe(0);
    });
  });

  it('sees none of what Node has, and no memory beyond its heap', async () => {
    const names = [
      'process',
      'require',
      'fetch',
      'WebAssembly',
      'SharedArrayBuffer',
      'ArrayBuffer',
      'Uint8Array',
      'setTimeout',
    ];
    const result = await run('', ...names.map((name) => `typeof ${name}`));
    expect(result).toEqual({ kind: 'ran', outputs: names.map(() => 'undefined') });
  });
}
