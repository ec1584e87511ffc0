import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Priority, TaskFlag } from '../../src/contracts/task.ts';
import {
  alikeAmongThese,
  assigneeFor,
  duplicatesIn,
  groom,
  type OpenTask,
  raised,
  similarity,
  trigramsOf,
  uncertain,
} from '../../src/orchestrator/tasks/grooming-rules.ts';

const hourMs = 3_600_000;
const now = Date.UTC(2030, 0, 31);
const task = (parts: Partial<OpenTask> = {}): OpenTask => ({
  id: 'tsk_1',
  title: 'Write the newsletter',
  description: '',
  status: 'pending',
  priority: 'normal',
  givenPriority: parts.priority ?? 'normal',
  assignedTo: 'cmo',
  createdAt: now,
  dueAt: null,
  flags: [],
  duplicateOf: null,
  suggestedAssignee: null,
  compared: false,
  ...parts,
});
const candidates = [
  { type: 'cmo', keywords: ['newsletter', 'brand'], isThere: true },
  { type: 'cto', keywords: ['server', 'Docker'], isThere: true },
  { type: 'cfo', keywords: ['invoice'], isThere: false },
];
const groomed = (...tasks: OpenTask[]) =>
  Object.fromEntries(groom(tasks, { candidates, alike: alikeAmongThese(tasks), now }));

describe('the priority of an open task', () => {
  it.each<[Priority, number, number | null, Priority]>([
    ['operational', 23, null, 'operational'],
    ['operational', 24, null, 'low'],
    ['operational', 72, null, 'high'],
    ['operational', 1_000, null, 'high'],
    ['critical', 1_000, null, 'critical'],
    ['low', 0, 25, 'low'],
    ['low', 0, 24, 'high'],
    ['low', 0, 0, 'urgent'],
    ['critical', 0, -5, 'critical'],
  ])('%s, %d hours old, due in %s hours, is %s', (given, age, dueIn, expected) => {
    const dueAt = dueIn === null ? null : now + dueIn * hourMs;
    const open = task({ priority: given, createdAt: now - age * hourMs, dueAt });
    expect(raised(open, now)).toBe(expected);
    // Looking twice raises once.
    expect(raised({ ...open, priority: expected }, now)).toBe(expected);
  });

  it('is never lowered: what was raised before, for a date that was moved since, stays as it is', () => {
    expect(raised(task({ priority: 'urgent', givenPriority: 'low' }), now)).toBe('urgent');
  });

  it('is not raised by age while somebody works on it', () => {
    expect(raised(task({ status: 'in_progress', createdAt: 0 }), now)).toBe('normal');
  });
});

describe('a task', () => {
  it.each<[string, Partial<OpenTask>, TaskFlag[]]>([
    ['overdue', { dueAt: now, priority: 'urgent' }, ['overdue']],
    ['stale after a week', { createdAt: now - 7 * 24 * hourMs, priority: 'high' }, ['stale']],
    ['without anybody there to do it', { assignedTo: 'cfo', title: 'x' }, ['unassigned']],
    ['of a role that is gone', { assignedTo: 'intern', title: 'x' }, ['unassigned']],
  ])('is flagged when it is %s', (_what, parts, flags) => {
    expect(groomed(task(parts))['tsk_1']).toMatchObject({ flags });
  });

  it('that is as it should be is left alone', () => {
    expect(groomed(task())).toEqual({});
    expect(groomed(task({ flags: ['overdue'] }))['tsk_1']).toMatchObject({ flags: [] });
  });

  it('that says nearly the same as an elder one is linked to it, and so is the third', () => {
    const text = { description: 'For the customers in Berlin, with the figures of last month' };
    const elder = task(text);
    const second = task({ ...text, id: 'tsk_2', title: 'write the newsletter!' });
    const third = task({ ...text, id: 'tsk_3', assignedTo: 'cto' });
    const other = task({ ...text, id: 'tsk_4', title: 'Pay the printer of the catalogue' });
    expect(groomed(elder, second, third, other)).toEqual({
      tsk_2: expect.objectContaining({ duplicateOf: 'tsk_1', flags: ['likely_duplicate'] }),
      tsk_3: expect.objectContaining({ duplicateOf: 'tsk_1' }),
    });
  });

  it('that nobody has looked up stays linked as it is, and to one that is linked itself nothing is linked', () => {
    const linked = task({ id: 'tsk_2', duplicateOf: 'tsk_1', flags: ['likely_duplicate'] });
    const like = (...elders: string[]) => new Map([['tsk_3', elders]]);
    const third = task({ id: 'tsk_3' });
    const look = (alike: ReadonlyMap<string, readonly string[]>) =>
      Object.fromEntries(groom([linked, third], { candidates, alike, now }));
    expect(look(like())).toEqual({});
    expect(look(like('tsk_2'))).toEqual({});
    expect(look(like('tsk_0', 'tsk_2'))).toMatchObject({ tsk_3: { duplicateOf: 'tsk_0' } });
  });

  it.each<[string, Partial<OpenTask>, boolean]>([
    ['that is new', {}, true],
    ['that was compared', { compared: true }, false],
    ['whose elder is open', { compared: true, duplicateOf: 'tsk_open' }, false],
    ['whose elder is done', { compared: true, duplicateOf: 'tsk_done' }, true],
  ])('%s is looked up, or not', (_what, parts, isAsked) => {
    expect(uncertain([task(parts)], new Set(['tsk_open']))).toHaveLength(isAsked ? 1 : 0);
  });

  it.each([
    ['Restart the docker server', '', 'cto'],
    ['Something', 'about our BRAND', 'cmo'],
    ['Pay the invoice', '', undefined],
    ['A newsletter about the server', '', undefined],
  ])('"%s" (%s) is suggested to %s', (title, description, type) => {
    expect(assigneeFor({ title, description }, candidates)).toBe(type);
  });
});

describe('likeness', () => {
  it('is cut as Postgres cuts it', () => {
    expect([...trigramsOf('Cat!')]).toEqual(['  c', ' ca', 'cat', 'at ']);
    expect(similarity(trigramsOf('word'), trigramsOf('two words'))).toBeCloseTo(0.363636, 5);
    expect(similarity(trigramsOf(''), trigramsOf(''))).toBe(0);
  });

  it('is found wherever comparing each with each would find it', () => {
    const text = fc.array(fc.constantFrom('alpha', 'beta', 'gamma', 'delta', 'epsilon'), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 12 }), (all) => {
        const texts = all.map((words, at) => ({ id: String(at), text: words.join(' ') }));
        const found = duplicatesIn(texts);
        const firsts: typeof texts = [];
        for (const entry of texts) {
          const alike = (one: (typeof texts)[number]) =>
            similarity(trigramsOf(one.text), trigramsOf(entry.text)) >= 0.85;
          const isDuplicate = firsts.some(alike);
          expect(found.has(entry.id)).toBe(isDuplicate);
          if (!isDuplicate) firsts.push(entry);
        }
      }),
    );
  });
});
