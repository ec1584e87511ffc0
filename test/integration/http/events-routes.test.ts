import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  for (let index = 0; index < 9; index += 1) {
    await stage.ok('createTask', { body: { title: `Task ${index}`, assignTo: 'ceo' } });
    await stage.ok('messageAgent', { params: { type: 'cfo' }, body: { message: `Message ${index}` } });
  }
});
afterAll(() => stage.dispose());

const list = async (query: Record<string, string | number> = {}) => (await stage.ok('listEvents', { query })).events;
const seqsOf = (events: readonly { seq: number }[]) => events.map(({ seq }) => seq);
const ascending = (seqs: readonly number[]) => [...seqs].sort((a, b) => a - b);

describe('the log', () => {
  it('is newest first', async () => {
    const seqs = seqsOf(await list({ limit: 200 }));
    expect(seqs.length).toBeGreaterThan(18);
    expect(seqs).toEqual(ascending(seqs).toReversed());
  });

  it('is oldest first after a place', async () => {
    const all = ascending(seqsOf(await list({ limit: 200 })));
    const [first = 0] = all;
    expect(seqsOf(await list({ after: 0, limit: 200 }))).toEqual(all);
    expect(seqsOf(await list({ after: first, limit: 200 }))).toEqual(all.slice(1));
  });

  it('begins where it is asked to, and neither place is within', async () => {
    const all = ascending(seqsOf(await list({ limit: 200 })));
    const [, second = 0, third = 0, fourth = 0] = all;
    expect(seqsOf(await list({ before: fourth, limit: 2 }))).toEqual([third, second]);
    expect(seqsOf(await list({ after: second, before: fourth }))).toEqual([third]);
  });

  it('shows each event once to who walks back through it, and to who walks on', async () => {
    const all = ascending(seqsOf(await list({ limit: 200 })));
    const back: number[] = [];
    for (let before = Number.MAX_SAFE_INTEGER; back.length <= all.length; before = back.at(-1) ?? 0) {
      const page = seqsOf(await list({ before, limit: 4 }));
      if (page.length === 0) break;
      back.push(...page);
    }
    const on: number[] = [];
    for (let after = 0; on.length <= all.length; after = on.at(-1) ?? 0) {
      const page = seqsOf(await list({ after, limit: 4 }));
      if (page.length === 0) break;
      on.push(...page);
    }
    expect(back).toEqual(all.toReversed());
    expect(on).toEqual(all);
  });

  it('says who acted: a key by its name, and no agent where none acted', async () => {
    const [event] = await list({ type: 'task_created', limit: 1 });
    expect(event).toMatchObject({
      eventType: 'task_created',
      sourceAgent: null,
      payload: { actor: 'operator:admin', title: 'Task 8', assignedTo: 'ceo' },
    });
  });

  it('holds one type when asked for it, across pages', async () => {
    const page = await list({ type: 'message_sent', limit: 5 });
    const rest = await list({ type: 'message_sent', limit: 200, before: page.at(-1)?.seq ?? 0 });
    const messages = [...page, ...rest].map(({ payload }) => payload['message']);
    expect(messages).toEqual(Array.from({ length: 9 }, (_, index) => `Message ${8 - index}`));
  });

  it('is empty for a type of which nothing has happened', async () => {
    expect(await list({ type: 'egress_denied' })).toEqual([]);
  });

  it('shows 100 at a time unless asked otherwise', async () => {
    for (let index = 0; index < 90; index += 1)
      await stage.ok('messageAgent', { params: { type: 'cto' }, body: { message: 'One of many' } });
    expect(await list()).toHaveLength(100);
  });
});

closeBook('events-routes');
