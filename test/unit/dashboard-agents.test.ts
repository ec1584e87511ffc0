import { describe, expect, it } from 'vitest';
import type { AgentLoop } from '../../dashboard/src/pages/agents/agent-summary.ts';
import { daysAgo, everyDay } from '../../dashboard/src/pages/agents/days.ts';
import { cutAt, type LogLine, matchesIn, readLine, withMore } from '../../dashboard/src/pages/agents/log/log-lines.ts';
import { argumentsOf, entriesOf, placeOfSubject } from '../../dashboard/src/pages/agents/loops.ts';

const at = '2030-01-31T12:00:00.000Z';
const loop = (id: string, status: AgentLoop['status']): AgentLoop => ({
  id,
  status,
  startedAt: at,
  finishedAt: at,
  summary: null,
  wakes: [],
  initiative: false,
  calls: [],
  callCount: 0,
});

describe('loops that found nothing to do', () => {
  const told = (statuses: string) =>
    entriesOf([...statuses].map((letter, index) => loop(`${index}`, letter === 'i' ? 'idle' : 'done')))
      .map((entry) => (entry.kind === 'loop' ? entry.loop.id : `${entry.loops.length}×`))
      .join(' ');

  it.each([
    ['', ''],
    ['d', '0'],
    ['i', '0'],
    ['ii', '2×'],
    ['diiid', '0 3× 4'],
    ['iidi', '2× 2 3'],
  ])('of %j are told as %j', (statuses, expected) => expect(told(statuses)).toBe(expected));
});

it.each([
  ['claim_task', 'claim_task(taskId: tsk_1)', 'taskId: tsk_1'],
  ['complete_task', 'complete_task(result: cut off before its end', 'result: cut off before its end'],
  ['refused', 'vote: may not', 'vote: may not'],
])('what %s was given is %j without its name', (actionType, summary, expected) => {
  expect(argumentsOf({ id: 'hst_1', loopId: null, actionType, summary, createdAt: at })).toBe(expected);
});

it.each([
  ['tsk_1', '/tasks/$id'],
  ['dec_1', '/decisions/$id'],
  ['inbox', undefined],
])('what a wake is about, %s, is shown at %s', (subject, place) => expect(placeOfSubject(subject)).toBe(place));

describe('days of spending', () => {
  const now = Date.parse('2030-03-01T00:30:00Z');

  it('are all there, in order, with those of which nothing is known', () => {
    const days = everyDay([{ day: '2030-02-28', calls: 3 }], 3, now);
    expect(days.map(({ day, row }) => [day, row?.calls])).toEqual([
      ['2030-02-27', undefined],
      ['2030-02-28', 3],
      ['2030-03-01', undefined],
    ]);
  });

  it('begin with the first moment of the first of them', () => {
    expect(daysAgo(3, now)).toBe('2030-02-27T00:00:00Z');
  });
});

describe('the lines of a log', () => {
  const texts = (lines: readonly LogLine[]) => lines.map(({ id, text }) => `${id} ${text}`);

  it('count on over what is forgotten', () => {
    let lines = withMore([], ['a', 'b', 'c'], 4);
    lines = withMore(lines, ['d', 'e'], 4);
    expect(texts(lines)).toEqual(['2 b', '3 c', '4 d', '5 e']);
  });

  it('are the last ones when more come at once than are kept', () => {
    expect(withMore(withMore([], ['a'], 2), ['b', 'c', 'd'], 2).map(({ text }) => text)).toEqual(['c', 'd']);
  });

  it.each([
    ['plain words', undefined, undefined, 'plain words'],
    [`{"time":"${at}","level":"info","msg":"begins"}`, at, 'info', 'begins'],
    ['{"level":"error","msg":"it broke","code":7}', undefined, 'error', 'it broke {"code":7}'],
    ['{"time":"soon","msg":"when?"}', undefined, undefined, 'when?'],
    ['{"half":', undefined, undefined, '{"half":'],
    ['{"no":"message"}', undefined, undefined, '{"no":"message"}'],
  ])('%j is read as far as it can be', (raw, moment, level, text) => {
    expect(readLine(raw)).toEqual({ at: moment, level, text });
  });

  it.each([
    ['', []],
    ['LOOP', [0, 2]],
    ['.*', [1]],
    ['nowhere', []],
  ])('with %j in them are found, in any case', (words, places) => {
    expect(matchesIn(withMore([], ['A loop begins', 'a .* b', 'the Loop ends']), words)).toEqual(places);
  });

  it.each([
    ['a.b', 'a.b', ['', 'a.b', '']],
    ['axb', 'a.b', ['axb']],
    ['One one', 'one', ['', 'One', ' ', 'one', '']],
    ['(x) [y]', '[y]', ['(x) ', '[y]', '']],
    ['whole', '', ['whole']],
  ])('%j is cut at %j, which is text and no pattern', (text, words, pieces) => {
    expect(cutAt(text, words)).toEqual(pieces);
  });
});
