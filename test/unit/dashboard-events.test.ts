import { describe, expect, it, test } from 'vitest';
import { cellOf, writings } from '../../dashboard/src/pages/events/export.ts';
import { matches } from '../../dashboard/src/pages/events/filter.ts';
import { kindsByHead } from '../../dashboard/src/pages/events/kinds.ts';
import {
  closedWindow,
  cursorAfter,
  heard,
  type LogWindow,
  opened,
  pageSize,
  withFresh,
  withNewer,
  withOlder,
} from '../../dashboard/src/pages/events/log-window.ts';
import { eventsSearch } from '../../dashboard/src/pages/events/search.ts';
import { subjectsOf } from '../../dashboard/src/pages/events/subjects.ts';
import { type BoardroomEvent, eventTypes } from '../../src/contracts/event.ts';

const event = (seq: number, more: Partial<BoardroomEvent> = {}): BoardroomEvent => ({
  id: `evt_${seq}`,
  seq,
  eventType: 'task_created',
  sourceAgent: null,
  payload: { actor: 'operator:anna', assignedTo: 'cmo', title: 'The Newsletter' },
  createdAt: '2030-01-01T12:00:00.000Z',
  ...more,
});
const range = (from: number, to: number) =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => event(from + (to < from ? -index : index)));
const seqs = ({ events }: LogWindow) => events.map(({ seq }) => seq);
const now = opened(closedWindow, { events: range(300, 101) }, true);

describe('the part of the log in the page', () => {
  it('goes on behind a full page, behind what a search has seen, and nowhere after a short one', () => {
    expect(cursorAfter({ events: range(300, 101) })).toBe(101);
    expect(cursorAfter({ events: [], scannedTo: 7 })).toBe(7);
    expect(cursorAfter({ events: range(3, 1) })).toBeUndefined();
    expect(range(300, 101)).toHaveLength(pageSize);
  });

  it('puts news on top when the reader is there, and keeps it back when not', () => {
    expect(seqs(heard(now, range(301, 302), true)).slice(0, 3)).toEqual([302, 301, 300]);
    const waiting = heard(heard(now, [event(301)], false), [event(302)], true);
    expect(seqs(waiting)[0]).toBe(300);
    expect(waiting.freshCount).toBe(2);
    expect(seqs(withFresh(waiting)).slice(0, 3)).toEqual([302, 301, 300]);
  });

  it('shows once what was heard while its first page was on the way', () => {
    const early = heard(closedWindow, range(299, 303), true);
    const window = opened(early, { events: range(302, 103) }, true);
    expect(seqs(window).slice(0, 3)).toEqual([303, 302, 301]);
    expect(new Set(seqs(window)).size).toBe(window.events.length);
  });

  it('joins what it reads on with what was heard meanwhile, without a gap or a repeat', () => {
    const past = opened(closedWindow, { events: range(100, 90) }, false);
    expect(past.newer).toBe(100);
    const listening = heard(past, range(104, 107), true);
    expect(seqs(listening)[0]).toBe(100);
    const joined = withNewer(listening, { events: range(101, 105) });
    expect(joined).toMatchObject({ newer: undefined, freshCount: 2, shift: 5 });
    expect(seqs(withFresh(joined)).slice(0, 8)).toEqual([107, 106, 105, 104, 103, 102, 101, 100]);
  });

  it('asks the log again when more was heard than it keeps', () => {
    const cut = heard(now, range(301, 900), false);
    expect(cut).toMatchObject({ newer: 300, freshCount: 600 });
    const read = withNewer(cut, { events: range(301, 500) });
    expect(read.newer).toBe(500);
    const last = withNewer(read, { events: range(501, 600) });
    expect(last.newer).toBe(600);
    expect(withNewer(last, { events: range(601, 700) })).toMatchObject({ newer: undefined, freshCount: 0 });
  });

  it('counts the pages that bring nothing', () => {
    const searching = withOlder(withOlder(now, { events: [], scannedTo: 50 }), { events: [], scannedTo: 20 });
    expect(searching).toMatchObject({ barren: 2, older: 20 });
    expect(withOlder(searching, { events: [event(3)] })).toMatchObject({ barren: 0, older: undefined });
  });
});

describe('a filter', () => {
  test.each([
    ['nothing', {}, true],
    ['its type among others', { types: 'task_failed,task_created' }, true],
    ['another type', { types: 'task_failed' }, false],
    ['its agent', { agent: 'cmo' }, true],
    ['another agent', { agent: 'cfo' }, false],
    ['a text in other letters', { text: 'NEWSLETTER' }, true],
    ['a text in its type', { text: 'k_cr' }, true],
    ['the name of a value', { text: 'assignedTo' }, false],
    ['its moment', { from: '2030-01-01T12:00:00Z' }, true],
    ['the end at its moment', { to: '2030-01-01T12:00:00Z' }, false],
  ])('by %s', (_what, given, expected) => {
    expect(matches(event(1), eventsSearch.parse(given))).toBe(expected);
  });

  it('by an agent finds what it did where it was about nobody', () => {
    const vote = event(1, { payload: { actor: 'ceo' }, sourceAgent: 'agt_1' });
    expect(matches(vote, { agent: 'ceo' })).toBe(true);
    expect(matches({ ...vote, sourceAgent: null }, { agent: 'ceo' })).toBe(false);
  });

  it('in an address that was tampered with is left out, and a number is a text', () => {
    expect(eventsSearch.parse({ text: 42, from: 'yesterday', at: 7, agent: '' })).toEqual({ text: '42' });
  });
});

describe('an export', () => {
  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '|cmd', '%0'])(
    'keeps %j from being a formula',
    (value) => {
      expect(cellOf(value)).toBe(`"'${value}"`);
    },
  );

  it('leaves other texts as they are, with quotes, commas and lines', () => {
    expect(cellOf('a "b", c\nd=1')).toBe('"a ""b"", c\nd=1"');
  });

  it('as JSON can be read again', () => {
    const { begin, between, end, line } = writings.json;
    expect(JSON.parse(begin + range(2, 1).map(line).join(between) + end)).toEqual(range(2, 1));
    expect(JSON.parse(begin + end)).toEqual([]);
  });

  it('as CSV has a line for each event', () => {
    const { begin, line } = writings.csv;
    expect(begin).toBe('seq,createdAt,eventType,actor,sourceAgent,payload\r\n');
    const hostile = event(1, { payload: { actor: '=cmd' } });
    expect(line(hostile)).toBe(`"1","2030-01-01T12:00:00.000Z","task_created","'=cmd","","{""actor"":""=cmd""}"\r\n`);
  });
});

it('every kind of event stands under one head', () => {
  expect(kindsByHead.flatMap(([, kinds]) => kinds).sort()).toEqual([...eventTypes].sort());
  expect(kindsByHead.every(([, kinds]) => kinds.length > 0)).toBe(true);
});

it('an event leads to each of its subjects once', () => {
  const payload = { taskId: 'tsk_1', assignedTo: 'cmo', agentType: 'cmo', actor: 'cmo' };
  expect(subjectsOf(event(1, { payload })).map(({ to }) => to)).toEqual(['/tasks/tsk_1', '/agents/cmo']);
  const run = { eventType: 'job_finished' as const, payload: { jobId: 'retention', runId: 'run_1' } };
  expect(subjectsOf(event(1, run)).map(({ to }) => to)).toEqual(['/schedules']);
});
