import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliEnd, runCli, startCli, startCliAtTerminal } from '../../support/cli.ts';
import { freePort } from '../../support/free-port.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
let folder: string;
beforeAll(async () => {
  stage = await openStage();
  folder = await mkdtemp(join(tmpdir(), 'boardroom-cli-'));
});
afterAll(async () => {
  await stage.dispose();
  await rm(folder, { recursive: true, force: true });
});

const place = (more: Record<string, string> = {}) => ({
  environment: { BOARDROOM_API_URL: stage.url, BOARDROOM_KEY: stage.keys.admin, ...more },
});
const boardroom = (...words: string[]): Promise<CliEnd> => runCli(words, place());

describe('the exit code', () => {
  it.each<[string, number, string[]]>([
    ['0 when it is done', 0, ['agents']],
    ['0 for help', 0, ['task', 'add', '--help']],
    ['0 for the version', 0, ['--version']],
    ['1 when it is refused', 1, ['task', 'show', 'tsk_nobody']],
    ['2 without a command', 2, []],
    ['2 for an unknown command', 2, ['frobnicate']],
    ['2 for an unknown option', 2, ['agents', '--frobnicate']],
    ['2 without what is needed', 2, ['task', 'add', 'A title']],
    ['2 for a value that is none', 2, ['task', 'ls', '--status', 'lost']],
    ['2 for a number out of bounds', 2, ['task', 'ls', '--limit', '0']],
    ['2 for an address that is none', 2, ['agents', '--url', 'localhost:8080']],
    ['2 for JSON that is broken', 2, ['settings', 'set', 'budgets.team', '{"daily":']],
    ['4 for a key that nobody knows', 4, ['agents', '--key', 'brk_unknown']],
  ])('is %s', async (_sentence, code, words) => {
    const end = await boardroom(...words);
    expect(end, end.stderr).toMatchObject({ code });
    if (code !== 0) expect(end).toMatchObject({ stdout: '', stderr: expect.stringMatching(/\S/) });
    expect(end.stderr).not.toMatch(/\n {4}at /);
  });

  it('is 1 with the role that would be needed, for a key that may not', async () => {
    const end = await runCli(['keys', 'ls'], place({ BOARDROOM_KEY: stage.keys.viewer }));
    expect(end).toMatchObject({ code: 1, stderr: expect.stringContaining('admin') });
  });

  it('is 3 where nobody answers, with what to do', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const end = await boardroom('agents', '--url', url);
    expect(end).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/does not answer.*\n.*npm start/) });
  });

  it('is 4 without any key, naming where one was looked for', async () => {
    const end = await runCli(['agents'], { folder, environment: { BOARDROOM_API_URL: stage.url } });
    expect(end).toMatchObject({ code: 4, stderr: expect.stringContaining('.boardroom/admin-key is not there') });
  });
});

describe('the key', () => {
  it('is the one in the file when nothing else is given, and stays on this machine', async () => {
    await writeFile(join(folder, 'admin-key'), `${stage.keys.admin}\n`, { mode: 0o600 });
    const environment = { BOARDROOM_HOME: folder, BOARDROOM_API_URL: stage.url };
    expect(await runCli(['agents'], { environment })).toMatchObject({ code: 0 });
    const abroad = await runCli(['agents', '--url', 'http://boardroom.invalid'], { environment });
    expect(abroad).toMatchObject({ code: 4, stderr: expect.stringContaining('on this machine only') });
  });

  it('does not follow a redirect', async () => {
    const seen: (string | undefined)[] = [];
    const target = await listen((request, response) => {
      const { authorization } = request.headers;
      // An agent of another test may still look for its gateway at a port that is ours now.
      if (!authorization?.startsWith('Bearer bra_')) seen.push(authorization);
      response.end('{}');
    });
    const lure = await listen((_request, response) => response.writeHead(307, { Location: addressOf(target) }).end());
    const end = await boardroom('agents', '--url', addressOf(lure));
    expect(end).toMatchObject({ code: 1, stderr: expect.stringContaining('points to') });
    expect(seen).toEqual([]);
    for (const server of [target, lure]) server.close();
  });
});

describe('a refusal', () => {
  it('says in words what is wrong where', async () => {
    const { stderr } = await boardroom('domains', 'add', 'co.uk', '--category', 'Not One');
    expect(stderr).toMatch(/category/);
  });

  it('is one JSON document beside the answer when JSON is asked for', async () => {
    const { code, stdout, stderr } = await boardroom('task', 'show', 'tsk_nobody', '--json');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(stderr)).toMatchObject({ code: 'task_not_found', detail: expect.any(String), errors: [] });
  });
});

describe('a hostile title', () => {
  const title = 'Pay \u001b[2J\u001b]0;owned\u0007me\u202e now\u009b31m\r\nok';
  let id: string;
  beforeAll(async () => {
    const body = { title, description: title, assignTo: 'cto', priority: 'low' };
    ({ id } = (await stage.ok('createTask', { body })).task);
  });

  it('does not drive the terminal, nor whoever reads it from a file', async () => {
    for (const words of [['task', 'ls'], ['task', 'show', id], ['events'], ['task', 'ls', '--json']]) {
      const { stdout } = await boardroom(...words);
      expect(stdout).toMatch(/Pay/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });

  it('is whole in JSON', async () => {
    const { stdout } = await boardroom('task', 'ls', '--json');
    expect(JSON.parse(stdout).tasks).toMatchObject([{ title }]);
  });
});

describe('at a terminal', () => {
  const long = 'A very long title '.repeat(8).trim();
  beforeAll(() => stage.ok('createTask', { body: { title: long, assignTo: 'coo', priority: 'operational' } }));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what colours begin with
  const colour = /\u001b\[\d+m/;

  it('a table fits 80 columns, keeps ids whole, and says when in words', async () => {
    const { stdout } = await startCliAtTerminal(['task', 'ls', '--to', 'coo'], place({ NO_COLOR: '1' })).ended;
    const lines = stdout.trimEnd().split('\r\n');
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
    expect(lines[1]).toMatch(/^tsk_\w{26} .*A very long.*…$/);
    const events = await startCliAtTerminal(['events'], place({ NO_COLOR: '1' })).ended;
    expect(events.stdout).toMatch(/^ +\d+ {2}\d\d:\d\d:\d\d {2}task_created .*A very long.*…\r$/m);
    const keys = await startCliAtTerminal(['keys', 'ls'], place({ NO_COLOR: '1' })).ended;
    expect(keys.stdout).toMatch(/ (now|\d+ (s|min) ago) /);
  });

  it('is coloured, but not with NO_COLOR', async () => {
    expect((await startCliAtTerminal(['task', 'ls'], place()).ended).stdout).toMatch(colour);
    expect((await startCliAtTerminal(['task', 'ls'], place({ NO_COLOR: '1' })).ended).stdout).not.toMatch(colour);
  });

  it('piped, the same is whole, without colours, and says when as ISO 8601', async () => {
    const { stdout } = await boardroom('task', 'ls', '--to', 'coo');
    expect(stdout).toContain(long);
    expect(stdout).not.toMatch(colour);
    expect((await boardroom('keys', 'ls')).stdout).toMatch(/ \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /);
  });
});

describe('leaving', () => {
  it('it ends quietly when nobody reads on', async () => {
    const cli = startCli(['events', '-f', '--since', '0'], place());
    cli.child.stdout.destroy();
    for (let number = 0; number < 3; number += 1) {
      await stage.ok('createTask', { body: { title: 'News', assignTo: 'cto', priority: 'low' } });
    }
    expect(await cli.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('Ctrl-C in the middle of a call ends it at once, without a word, with 130', async () => {
    let asked: (() => void) | undefined;
    const reached = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const silent = await listen(() => asked?.());
    const cli = startCli(['agents', '--url', addressOf(silent)], place());
    await reached;
    cli.child.kill('SIGINT');
    expect(await cli.ended).toEqual({ code: 130, stdout: '', stderr: '' });
    silent.closeAllConnections();
    silent.close();
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('of %s knows commands, options and what may be chosen', async (shell) => {
    const { code, stdout } = await runCli(['completion', shell]);
    expect(code).toBe(0);
    for (const word of ['status', 'stop-all', 'escalate', 'approve', 'json']) expect(stdout).toContain(word);
  });
});

async function listen(handle: Parameters<typeof createServer>[1]): Promise<Server> {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
