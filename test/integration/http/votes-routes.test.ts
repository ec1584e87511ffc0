import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.dispose());

type Voter = 'ceo' | 'dao';
type Vote = 'approve' | 'veto' | 'abstain';

const propose = async (title: string, more: object = {}) =>
  (await stage.ok('proposeDecision', { body: { title, ...more } })).id;
const show = (id: string) => stage.ok('getDecision', { params: { id } });
const vote = async (id: string, voterType: Voter, choice: Vote) =>
  (await stage.ok('castVote', { params: { id }, body: { voterType, vote: choice } })).decision;
const escalate = async (id: string) =>
  (await stage.ok('escalateDecision', { params: { id }, body: { reason: 'too grave' } })).decision;
const resolve = async (id: string, decision: 'approve' | 'reject') =>
  (await stage.ok('resolveDecision', { params: { id }, body: { decision, reason: 'I say so' } })).decision;

/** A decision that has come to this end. */
const ends = {
  approved: async () => {
    const id = await propose('Approved');
    await vote(id, 'ceo', 'approve');
    await vote(id, 'dao', 'approve');
    return id;
  },
  vetoed: async () => {
    const id = await propose('Vetoed');
    await vote(id, 'ceo', 'veto');
    await vote(id, 'dao', 'veto');
    return id;
  },
  rejected: async () => {
    const id = await propose('Rejected');
    await escalate(id);
    await resolve(id, 'reject');
    return id;
  },
  'confirmed by a human': async () => {
    const id = await propose('Confirmed');
    await escalate(id);
    await resolve(id, 'approve');
    return id;
  },
};

describe('a vote', () => {
  it('on behalf of a voter is answered with the state of the decision, and kept with its reason', async () => {
    const id = await propose('Voted on');
    const body = { voterType: 'ceo', vote: 'approve', reason: 'it serves the course' };
    const answer = await stage.ok('castVote', { key: stage.keys.operator, params: { id }, body });
    expect(answer).toEqual({
      success: true,
      decision: { id, ceoVote: 'approve', daoVote: null, status: 'pending' },
    });
    expect((await show(id)).votes).toEqual([
      { ...body, round: 1, castBy: 'operator:a operator', createdAt: expect.any(String) },
    ]);
  });

  it.each([
    ['approve', 'approve', 'approved', 1],
    ['veto', 'veto', 'vetoed', 1],
    ['approve', 'abstain', 'approved', 1],
    ['abstain', 'veto', 'vetoed', 1],
    ['abstain', 'abstain', 'escalated', 1],
    ['approve', 'veto', 'pending', 2],
  ] as const)('%s of the CEO and %s of the DAO: %s, in round %i', async (ceo, dao, status, round) => {
    const id = await propose(`${ceo} against ${dao}`);
    await vote(id, 'ceo', ceo);
    expect(await vote(id, 'dao', dao)).toMatchObject({ id, status });
    expect(await show(id)).toMatchObject({ status, round });
  });

  it('counts for its round alone: in the next one nobody has voted yet', async () => {
    const id = await propose('Two rounds');
    await vote(id, 'ceo', 'approve');
    expect(await vote(id, 'dao', 'veto')).toMatchObject({ ceoVote: null, daoVote: null });
    expect((await show(id)).votes).toHaveLength(2);
    expect(await vote(id, 'dao', 'approve')).toMatchObject({ ceoVote: null, daoVote: 'approve' });
  });

  it('that names its round counts in that one or not at all, so that sending it again after a split harms nothing', async () => {
    const id = await propose('Two rounds, and an echo');
    const body = { voterType: 'ceo', vote: 'approve', round: 1 };
    await stage.ok('castVote', { params: { id }, body });
    await vote(id, 'dao', 'veto');
    const before = await show(id);
    await stage.refusal('castVote', 'vote_already_cast', { params: { id }, body });
    const { detail } = await stage.refusal('castVote', 'invalid_request', {
      params: { id },
      body: { ...body, round: 3 },
    });
    expect(detail).toContain('round 2');
    expect(await show(id)).toEqual(before);
    await stage.ok('castVote', { params: { id }, body: { ...body, round: 2 } });
  });

  it('cannot be taken back: a second one in the same round is refused and changes nothing', async () => {
    const id = await propose('Voted on once');
    await vote(id, 'ceo', 'approve');
    const before = await show(id);
    const body = { voterType: 'ceo', vote: 'veto' };
    await stage.refusal('castVote', 'vote_already_cast', { params: { id }, body });
    expect(await show(id)).toEqual(before);
  });

  it('of one voter, cast many times at once, counts once', async () => {
    const id = await propose('Voted on by a crowd');
    const body = { voterType: 'ceo', vote: 'approve' };
    const crowd = Array.from({ length: 8 }, () => stage.ask('castVote', { params: { id }, body }));
    const outcomes = (await Promise.all(crowd)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 200)).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'vote_already_cast')).toHaveLength(7);
    expect((await show(id)).votes).toHaveLength(1);
  });

  it('of who has none is refused and changes nothing', async () => {
    const id = await propose('Not for everyone', { decisionType: 'minor' });
    const before = await show(id);
    for (const voterType of ['dao', 'cmo', 'nobody']) {
      const body = { voterType, vote: 'approve' };
      const { detail } = await stage.refusal('castVote', 'not_allowed', { params: { id }, body });
      expect(detail).toContain(voterType);
    }
    expect(await show(id)).toEqual(before);
  });

  it.each(Object.entries(ends))('after the decision was %s is refused and changes nothing', async (_end, reach) => {
    const id = await reach();
    const before = await show(id);
    const body = { voterType: 'ceo', vote: 'veto' };
    await stage.refusal('castVote', 'decision_closed', { params: { id }, body });
    expect(await show(id)).toEqual(before);
  });

  it('on a decision that waits for a human is refused and changes nothing', async () => {
    const id = await propose('For a human');
    await escalate(id);
    const before = await show(id);
    const body = { voterType: 'ceo', vote: 'approve' };
    await stage.refusal('castVote', 'decision_escalated', { params: { id }, body });
    expect(await show(id)).toEqual(before);
  });
});

describe('an escalation by an operator', () => {
  it('takes a pending decision from the voters, and says why', async () => {
    const id = await propose('Too grave for them');
    const decision = await escalate(id);
    expect(decision).toMatchObject({ id, status: 'escalated', escalation: { reason: 'too grave' } });
    expect(decision).toEqual(await show(id));
    const { escalations } = await stage.ok('listEscalations', { query: { limit: 200 } });
    expect(escalations).toContainEqual(expect.objectContaining({ kind: 'decision', subject: id }));
  });

  it('happens once', async () => {
    const id = await propose('Escalated once');
    const before = await escalate(id);
    const body = { reason: 'once more' };
    await stage.refusal('escalateDecision', 'decision_escalated', { params: { id }, body });
    expect(await show(id)).toEqual(before);
  });

  it.each(Object.entries(ends))('is refused when the decision was %s, and changes nothing', async (_end, reach) => {
    const id = await reach();
    const before = await show(id);
    await stage.refusal('escalateDecision', 'decision_closed', { params: { id }, body: { reason: 'too late' } });
    expect(await show(id)).toEqual(before);
  });
});

describe('a human’s word', () => {
  it.each([
    ['approve', 'approved', 'done'],
    ['reject', 'rejected', 'dropped'],
  ] as const)('%s ends an escalated decision as %s; what waited for it is %s', async (decision, status, action) => {
    const task = { title: `After ${decision}`, assignTo: 'coo' };
    const id = await propose('Up to a human', { onApprove: [{ kind: 'create_task', task }] });
    await escalate(id);
    expect(await resolve(id, decision)).toMatchObject({
      id,
      status,
      because: 'I say so',
      resolvedBy: 'operator:admin',
      escalation: null,
      onApprove: [{ status: action }],
    });
    const { tasks } = await stage.ok('listTasks', { query: { assignedTo: 'coo' } });
    expect(tasks.some(({ title }) => title === task.title)).toBe(decision === 'approve');
    const { escalations } = await stage.ok('listEscalations', { query: { status: 'resolved', limit: 200 } });
    expect(escalations).toContainEqual(expect.objectContaining({ subject: id, resolvedBy: 'operator:admin' }));
  });

  it('is asked for a critical decision after both have approved', async () => {
    const id = await propose('Critical', { decisionType: 'critical' });
    await vote(id, 'ceo', 'approve');
    expect(await vote(id, 'dao', 'approve')).toMatchObject({ status: 'escalated' });
    expect(await resolve(id, 'approve')).toMatchObject({ status: 'approved' });
  });

  it('is refused while the decision is pending, and changes nothing', async () => {
    const id = await propose('Still with the voters');
    const before = await show(id);
    const body = { decision: 'approve', reason: 'no patience' };
    await stage.refusal('resolveDecision', 'not_escalated', { params: { id }, body });
    expect(await show(id)).toEqual(before);
  });

  it.each(Object.entries(ends))('is refused when the decision was %s, and changes nothing', async (_end, reach) => {
    const id = await reach();
    const before = await show(id);
    const body = { decision: 'approve', reason: 'too late' };
    await stage.refusal('resolveDecision', 'not_escalated', { params: { id }, body });
    expect(await show(id)).toEqual(before);
  });

  it('given twice at once counts once, and is told of once', async () => {
    const id = await propose('Resolved by two');
    await escalate(id);
    const two = (['approve', 'reject'] as const).map((decision) =>
      stage.ask('resolveDecision', { params: { id }, body: { decision, reason: decision } }),
    );
    const outcomes = (await Promise.all(two)).map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set([200, 'not_escalated']));
    const { events } = await stage.ok('listEvents', { query: { type: 'decision_resolved', limit: 200 } });
    expect(events.filter(({ payload }) => payload['decisionId'] === id)).toHaveLength(1);
  });
});

describe('a withdrawal', () => {
  const withdraw = { body: { reason: 'thought better of it' } };

  it.each(['pending', 'escalated'])('by the operator who proposed it ends a decision that is %s', async (status) => {
    const task = { title: `Not after ${status}`, assignTo: 'coo' };
    const id = await propose(`Taken back while ${status}`, { onApprove: [{ kind: 'create_task', task }] });
    if (status === 'escalated') await escalate(id);
    const { decision } = await stage.ok('withdrawDecision', { params: { id }, ...withdraw });
    expect(decision).toMatchObject({
      id,
      status: 'withdrawn',
      because: 'thought better of it',
      resolvedBy: 'operator:admin',
      escalation: null,
      onApprove: [{ status: 'dropped' }],
    });
    expect(decision).toEqual(await show(id));
    const { escalations } = await stage.ok('listEscalations', { query: { limit: 200 } });
    expect(escalations.filter(({ subject }) => subject === id)).toEqual([]);
  });

  it('by another operator, be it an admin, is refused and changes nothing', async () => {
    const body = { title: 'Somebody else’s' };
    const { id } = await stage.ok('proposeDecision', { key: stage.keys.operator, body });
    const before = await show(id);
    const { detail } = await stage.refusal('withdrawDecision', 'not_allowed', { params: { id }, ...withdraw });
    expect(detail).toContain('operator:a operator');
    expect(await show(id)).toEqual(before);
  });

  it.each(Object.entries(ends))('is refused when the decision was %s, and changes nothing', async (_end, reach) => {
    const id = await reach();
    const before = await show(id);
    await stage.refusal('withdrawDecision', 'decision_closed', { params: { id }, ...withdraw });
    expect(await show(id)).toEqual(before);
  });
});

describe('a decision that is not there', () => {
  it('can be neither voted on nor escalated nor resolved nor withdrawn', async () => {
    const params = { id: 'dec_01h455vb4pex5vsknk084sn02q' };
    await stage.refusal('castVote', 'decision_not_found', { params, body: { voterType: 'ceo', vote: 'veto' } });
    await stage.refusal('escalateDecision', 'decision_not_found', { params, body: { reason: 'r' } });
    await stage.refusal('resolveDecision', 'decision_not_found', { params, body: { decision: 'reject', reason: 'r' } });
    await stage.refusal('withdrawDecision', 'decision_not_found', { params, body: { reason: 'r' } });
  });
});

closeBook('votes-routes');
