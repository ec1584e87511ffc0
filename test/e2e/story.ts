import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EventType, payloadSchema } from '../../src/contracts/event.ts';
import { frameSchema } from '../../src/contracts/frame.ts';
import { startBoardroom, type TestBoardroom } from '../support/boardroom.ts';
import { teamIn } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { openSocket } from '../support/socket-client.ts';
import type { Outside } from './outside.ts';

interface EventRow {
  readonly seq: number;
  readonly eventType: EventType;
  readonly sourceAgent: string | null;
  readonly payload: Record<string, unknown>;
}

const team = ['ceo', 'dao', 'cmo', 'cto', 'cfo', 'coo', 'cco'];
const startMsMax = 90_000;

/** The main job, on whatever runs the agents: a task, a decision, votes with reasons, a result, and nobody under another's name. */
export function describeStory(environment: Record<string, string>, outside: Pick<Outside, 'cleanUp'>): void {
  let room: TestBoardroom;
  beforeAll(async () => {
    room = await startBoardroom({ BOARDROOM_AGENTS: 'all', ...environment });
    await eventually(async () => ((await connected(room)).length === team.length ? true : undefined), {
      withinMs: startMsMax,
      what: 'seven connected agents',
    });
  });
  afterAll(async () => {
    const teamId = await teamIn(room.databaseUrl);
    await room.dispose();
    await outside.cleanUp(teamId);
  });

  it('a task given to the CMO is claimed, put to the board, voted on with reasons, resolved and completed', async () => {
    const socket = await openSocket(room.url);
    const created = await room.call('POST', '/tasks', {
      body: { title: 'Launch the newsletter', assignTo: 'cmo', priority: 'critical' },
    });
    expect(created.status).toBe(201);
    const taskId = created.body.task.id;

    const done = await socket.frame(
      ({ type, payload }) =>
        type === 'event' && payload.eventType === 'task_completed' && payload.payload['taskId'] === taskId,
      'the completed task on the socket',
    );
    const task = await room.call('GET', `/tasks/${taskId}`);
    expect(task.body).toMatchObject({ status: 'completed', attempts: 1 });
    expect(task.body.result).toContain('rehearsal');

    const { decisions } = (await room.call('GET', '/decisions?status=approved')).body;
    expect(decisions).toHaveLength(1);
    expect(decisions[0]).toMatchObject({ proposedBy: 'cmo', ceoVote: 'approve', daoVote: 'approve' });
    const decision = (await room.call('GET', `/decisions/${decisions[0].id}`)).body;
    expect(decision.taskId).toBe(taskId);
    for (const vote of decision.votes) {
      expect(vote.castBy).toBe(vote.voterType);
      expect(vote.reason).toContain('Launch the newsletter');
    }
    expect(done.seq).toBeGreaterThan(0);
    expect(await history(room, 'cmo')).toEqual(
      expect.arrayContaining(['claim_task', 'propose_decision', 'complete_task']),
    );
    expect(await history(room, 'ceo')).toContain('vote');
    socket.close();
  });

  it('the log tells the story in order, each step under the id of the agent whose token did it', async () => {
    const events = await allEvents(room);
    const ids = new Map<string, string>();
    for (const agent of (await room.call('GET', '/agents')).body.agents) ids.set(agent.type, agent.id);
    const story = events
      .filter(({ eventType }) => /^(task|decision)_/.test(eventType))
      .map(({ eventType, sourceAgent, payload }) => [eventType, sourceAgent, payload['actor']]);
    expect(story[0]).toEqual(['task_created', null, 'operator:admin']);
    expect(story[1]).toEqual(['task_claimed', ids.get('cmo'), 'cmo']);
    expect(story[2]).toEqual(['decision_proposed', ids.get('cmo'), 'cmo']);
    expect(story.slice(3, 5).sort()).toEqual(
      [
        ['decision_voted', ids.get('ceo'), 'ceo'],
        ['decision_voted', ids.get('dao'), 'dao'],
      ].sort(),
    );
    expect(story[5]).toEqual(['decision_resolved', null, 'system']);
    expect(story[6]).toEqual(['task_completed', ids.get('cmo'), 'cmo']);
    expect(story).toHaveLength(7);
  });

  it('every event and every live frame keeps the contract', async () => {
    const socket = await openSocket(room.url);
    await room.call('POST', '/agents/cto/message', { body: { message: 'How is the build?' } });
    await socket.frame(({ type }) => type === 'worker_log', 'a tool call, live');
    for (const { eventType, payload } of await allEvents(room)) payloadSchema(eventType).parse(payload);
    for (const frame of socket.frames) frameSchema.parse(frame);
    socket.close();
  });

  it('an agent with nothing to do costs no loop', async () => {
    const { body } = await room.call('GET', '/agents/cco');
    expect(body).toMatchObject({ status: 'running', connected: true, loopCount: 0 });
  });
}

export async function connected(room: TestBoardroom): Promise<string[]> {
  const up: string[] = [];
  for (const type of team) {
    const { body } = await room.call('GET', `/agents/${type}`);
    if (body.connected && body.status === 'running') up.push(type);
  }
  return up;
}

export async function allEvents(room: Pick<TestBoardroom, 'call'>): Promise<EventRow[]> {
  const events: EventRow[] = [];
  for (;;) {
    const { body } = await room.call('GET', `/events?limit=200&after=${events.at(-1)?.seq ?? 0}`);
    events.push(...body.events);
    if (body.events.length < 200) return events;
  }
}

async function history(room: TestBoardroom, type: string): Promise<string[]> {
  const { body } = await room.call('GET', `/agents/${type}/history?limit=200`);
  return body.history.map(({ actionType }: { actionType: string }) => actionType);
}
