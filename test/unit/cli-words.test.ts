import { Command } from '@commander-js/extra-typings';
import { describe, expect, it } from 'vitest';
import { moment, momentAhead, settingName, settingValue, whole } from '../../src/cli/arguments.ts';
import { systemClock } from '../../src/cli/clock.ts';
import { completionScript } from '../../src/cli/completion.ts';
import { readCliConfig } from '../../src/cli/config.ts';
import { exitCodes, failureOf, inWords } from '../../src/cli/failure.ts';
import { createBacklog } from '../../src/cli/follow/backlog.ts';
import { waitMs } from '../../src/cli/follow/patience.ts';
import { isLoopback } from '../../src/cli/key.ts';
import { CallError } from '../../src/contracts/client.ts';
import { unknownOf } from '../../src/contracts/log-lines.ts';

describe('a value of a setting', () => {
  it.each([
    ['5000', 5_000],
    ['true', true],
    ['null', null],
    ['"5000"', '5000'],
    ['agent-role', 'agent-role'],
    ['{"daily":{"usd":1}}', { daily: { usd: 1 } }],
  ])('%s is JSON where it is JSON', (text, value) => expect(settingValue(text)).toEqual(value));
  it.each(['{"daily":', '[1', '"open'])('%s is a slip', (text) => expect(() => settingValue(text)).toThrow('JSON'));
});

describe('a name of a setting', () => {
  it.each([
    ['queue.delay_high', { category: 'queue', key: 'delay_high' }],
    ['custom.a.b', { category: 'custom', key: 'a.b' }],
  ])('%s', (text, parts) => expect(settingName(text)).toEqual(parts));
  it.each(['queue', '.key', 'queue.'])('%s is none', (text) =>
    expect(() => settingName(text)).toThrow('queue.delay_high'),
  );
});

describe('numbers and moments', () => {
  it.each(['0', '201', '1.5', '-1', '1e2', '', 'many'])('%s is no number from 1 to 200', (text) =>
    expect(() => whole(1, 200)(text)).toThrow('from 1 to 200'),
  );
  it.each([
    ['2030-01-31', '2030-01-31T00:00:00.000Z'],
    ['2030-01-31T12:00Z', '2030-01-31T12:00:00.000Z'],
    ['2030-01-31T12:00:00+02:00', '2030-01-31T10:00:00.000Z'],
  ])('%s is %s', (text, at) => expect(moment(text)).toBe(at));
  it.each(['31.1.2030', '2030-13-01', 'tomorrow', '2030-01-31T12:00:00'])('%s is no moment', (text) =>
    expect(() => moment(text)).toThrow('date'),
  );
  it.each([
    ['90m', '1970-01-01T01:30:00.000Z'],
    ['2w', '1970-01-15T00:00:00.000Z'],
    ['2030-01-31', '2030-01-31T00:00:00.000Z'],
  ])('%s from the first moment of all is %s', (text, at) => expect(momentAhead(text)(0)).toBe(at));
});

describe('the environment', () => {
  it.each<[Record<string, string>, string, boolean]>([
    [{}, 'http://127.0.0.1:8080', false],
    [{ ORCHESTRATOR_PORT: '9000' }, 'http://127.0.0.1:9000', false],
    [{ ORCHESTRATOR_HOST: '0.0.0.0' }, 'http://127.0.0.1:8080', false],
    [{ ORCHESTRATOR_HOST: '::' }, 'http://[::1]:8080', false],
    [{ ORCHESTRATOR_HOST: '10.0.0.5' }, 'http://10.0.0.5:8080', false],
    [{ BOARDROOM_API_URL: 'https://board.example', ORCHESTRATOR_PORT: '1' }, 'https://board.example', true],
    [{ BOARDROOM_API_URL: '' }, 'http://127.0.0.1:8080', false],
  ])('%j leads to %s', (environment, url, isUrlGiven) => {
    expect(readCliConfig(environment)).toMatchObject({ url, isUrlGiven });
  });

  it.each([
    [{ BOARDROOM_KEY: 'a', BOARDROOM_ADMIN_KEY: 'b' }, 'BOARDROOM_KEY'],
    [{ BOARDROOM_KEY: '', BOARDROOM_ADMIN_KEY: 'b' }, 'BOARDROOM_ADMIN_KEY'],
    [{}, undefined],
  ])('%j holds the key %s', (environment, source) => expect(readCliConfig(environment).key?.source).toBe(source));
});

describe('this machine', () => {
  it.each([
    ['http://127.0.0.1:8080', true],
    ['http://localhost:8080', true],
    ['http://[::1]:8080', true],
    ['http://127.0.0.1.example.com', false],
    ['http://localhost.example.com', false],
    ['http://10.0.0.5', false],
    ['nonsense', false],
  ])('is %s: %s', (url, expected) => expect(isLoopback(url)).toBe(expected));
});

describe('a failure', () => {
  it.each<[Error, number]>([
    [new CallError('unreachable', 'gone'), exitCodes.unreachable],
    [new CallError('unauthenticated', 'who?'), exitCodes.unauthenticated],
    [new CallError('task_closed', 'late'), exitCodes.failed],
    [new Error('a bug'), exitCodes.failed],
  ])('%s ends with %s', (error, code) => expect(failureOf(error).exitCode).toBe(code));

  it('is told in words: each thing that is wrong, and when to try again; and it drives no terminal', () => {
    const error = new CallError('rate_limited', 'Too \u001b[2Jmany', {
      errors: [
        { path: 'body.title', message: 'must not be blank' },
        { path: 'body.assignTo', message: 'is no role' },
      ],
      retryAfterSeconds: 7,
    });
    expect(inWords(failureOf(error))).toBe(
      'boardroom: Too many\n  body.title: must not be blank\n  body.assignTo: is no role\nTry again in 7 s.',
    );
  });
});

describe('lines that are not known yet', () => {
  it.each<[string, string[], string[], string[]]>([
    ['all, where nothing is known', ['a', 'b'], [], ['a', 'b']],
    ['those behind the known ones', ['a', 'b', 'c', 'd'], ['b', 'c'], ['d']],
    ['none, where nothing was written', ['a', 'b'], ['a', 'b'], []],
    ['those behind the last place, where lines repeat', ['a', 'x', 'a', 'y'], ['a'], ['y']],
    ['all, in another log', ['x', 'y'], ['a', 'b'], ['x', 'y']],
    ['all, where less is left than was known', ['b', 'c'], ['a', 'b'], ['b', 'c']],
  ])('are %s', (_what, lines, known, fresh) => expect(unknownOf(lines, known)).toEqual(fresh));
});

describe('a log that is read again', () => {
  it.each<[string, string[], string[], string[]]>([
    ['what is new, where the known lines are found', ['a', 'b', 'c'], [], ['a', 'b', 'c']],
    [
      'that lines are missing, where they are not and there may be more',
      ['x', 'y', 'z'],
      ['gap'],
      ['a', 'b', 'x', 'y', 'z'],
    ],
    ['nothing of the kind where there are no more', ['x', 'y'], [], ['a', 'b', 'x', 'y']],
  ])('tells %s', (_what, again, gaps, shown) => {
    const seen: string[] = [];
    const told: string[] = [];
    const listener = {
      onLine: (line: string) => void seen.push(line),
      onGap: () => void told.push('gap'),
      linesMax: 3,
    };
    const backlog = createBacklog(systemClock, listener);
    for (const lines of [['a', 'b'], again]) {
      backlog.begin(() => undefined, AbortSignal.abort());
      for (const line of lines) backlog.line(line);
      backlog.end();
    }
    expect([told, seen]).toEqual([gaps, shown]);
  });
});

describe('patience', () => {
  it.each([
    [0, 0, 125],
    [0, 1, 250],
    [3, 1, 2_000],
    [50, 1, 3_000],
  ])('after %s failures with chance %s waits %s ms', (failures, chance, ms) =>
    expect(waitMs(failures, chance)).toBe(ms),
  );
});

describe('a script for completion', () => {
  it('quotes what a shell would take for its own', () => {
    const program = new Command('boardroom');
    program.command('logs').description("what an agent's container wrote");
    expect(completionScript(program, 'fish')).toContain("-d 'what an agent\\'s container wrote'");
  });
});
