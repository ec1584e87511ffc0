import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
const params = { type: 'cto' };
const list = async (query: object = {}) => (await stage.ok('listAgentLoops', { params, query: { ...query } })).loops;

beforeAll(async () => {
  stage = await openStage();
  await stage.ok('startAgent', { params });
});
afterAll(() => stage.dispose());

/** A loop that has ended, after the one with this id. */
const nextLoop = (after?: string) =>
  eventually(
    async () => {
      const [newest] = await list();
      return newest && newest.id !== after && newest.status !== 'running' ? newest : undefined;
    },
    { what: 'the end of a loop', withinMs: 20_000 },
  );

describe('the loops of an agent', () => {
  it('are none before it has worked, and those of nobody are 404', async () => {
    const dao = await stage.ok('listAgentLoops', { key: stage.keys.viewer, params: { type: 'dao' } });
    expect(dao).toEqual({ loops: [] });
    await stage.refusal('listAgentLoops', 'agent_not_found', { params: { type: 'nobody' } });
  });

  it('tell why it was woken, which tools it called in their order, and what came of it', async () => {
    const body = { title: 'Tidy the archive', assignTo: 'cto', priority: 'critical' as const };
    const { task } = await stage.ok('createTask', { body });
    const loop = await nextLoop();
    expect(loop).toMatchObject({ status: 'done', wakes: [{ reason: 'task', subjects: [task.id] }] });
    expect(loop.summary).not.toBe('');
    expect(loop.calls.map(({ actionType }) => actionType)).toContain('claim_task');
    expect(loop.calls.every(({ loopId }) => loopId === loop.id)).toBe(true);
    expect(loop.calls.map(({ id }) => id)).toEqual(loop.calls.map(({ id }) => id).toSorted());
    expect(loop.callCount).toBe(loop.calls.length);
  });

  it('hold no call of another loop, and are read on from a place', async () => {
    const first = await nextLoop();
    await stage.ok('messageAgent', { params, body: { message: 'Once more', priority: 'critical' } });
    const second = await nextLoop(first.id);
    expect((await list({ limit: 1 })).map(({ id }) => id)).not.toContain(first.id);
    const ids = (loop: { calls: readonly { id: string }[] }) => new Set(loop.calls.map(({ id }) => id));
    expect([...ids(first)].filter((id) => ids(second).has(id))).toEqual([]);
    expect((await list({ before: second.id })).map(({ id }) => id)).toContain(first.id);
    expect((await list({ before: first.id })).map(({ id }) => id)).not.toContain(first.id);
  });

  it('are named in its history by what was done in them; its start was in none', async () => {
    const loops = await list();
    const { history } = await stage.ok('getAgentHistory', { params, query: { limit: 200 } });
    expect(history.find(({ actionType }) => actionType === 'started')).toMatchObject({ loopId: null });
    expect(history.find(({ actionType }) => actionType === 'loop_done')).toMatchObject({
      loopId: loops.find(({ status }) => status === 'done')?.id,
    });
  });
});

closeBook('agent-loops-routes');
