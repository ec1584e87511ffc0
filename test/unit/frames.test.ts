import { describe, expect, it } from 'vitest';
import { type BoardroomEvent, type EventType, eventTypes } from '../../src/contracts/event.ts';
import { type Frame, frameSchema, topicSchema } from '../../src/contracts/frame.ts';
import { type Envelope, framesOf, helloFrame, passingFrame } from '../../src/orchestrator/events/frames.ts';

const createdAt = '2030-01-01T00:00:00.000Z';

const event = (eventType: EventType, payload: BoardroomEvent['payload'] = {}): BoardroomEvent => ({
  id: 'evt_42',
  seq: 42,
  eventType,
  sourceAgent: null,
  payload: { actor: 'system', ...payload },
  createdAt,
});

/** As a client reads it: what is not in the contract does not pass. */
const read = ({ text }: Envelope): Frame => frameSchema.parse(JSON.parse(text));

const aliased: readonly EventType[] = ['agent_status', 'decision_voted'];

describe('an event', () => {
  it.each(eventTypes)('%s is a frame that carries it whole, under "event" and under its own name', (type) => {
    const [itself] = framesOf(event(type));
    expect(itself && read(itself)).toEqual({ type: 'event', payload: event(type), seq: 42, at: createdAt });
    expect(itself?.topics).toEqual(['event', type]);
  });

  it.each(eventTypes.filter((type) => !aliased.includes(type)))('%s is one frame only', (type) => {
    expect(framesOf(event(type))).toHaveLength(1);
  });

  it('agent_status is a frame of its own besides', () => {
    const payload = { agentType: 'cmo', status: 'running', because: 'as wanted' };
    const [, alias, ...others] = framesOf(event('agent_status', payload));
    expect(others).toEqual([]);
    expect(alias?.topics).toEqual(['agent_status']);
    expect(alias && read(alias)).toEqual({ type: 'agent_status', payload, seq: 42, at: createdAt });
  });

  it('decision_voted is a frame decision_vote besides', () => {
    const payload = { decisionId: 'dec_1', vote: 'veto', voterType: 'dao', reason: 'too dear', round: 2 };
    const [, alias, ...others] = framesOf(event('decision_voted', payload));
    expect(others).toEqual([]);
    expect(alias?.topics).toEqual(['decision_vote']);
    expect(alias && read(alias)).toEqual({ type: 'decision_vote', payload, seq: 42, at: createdAt });
  });

  it.each(eventTypes)('%s comes under names that a client may ask for', (type) => {
    for (const { topics } of framesOf(event(type))) {
      expect(topics.filter((topic) => !topicSchema.safeParse(topic).success)).toEqual([]);
    }
  });
});

describe('hello', () => {
  it('tells the place in the log and the replica, and has no place of its own to be replayed from', () => {
    const frame = frameSchema.parse(JSON.parse(helloFrame({ seq: 7, replica: 'host-1', at: 0 })));
    expect(frame).toEqual({ type: 'hello', payload: { seq: 7, replica: 'host-1' }, at: '1970-01-01T00:00:00.000Z' });
  });
});

describe('what agents do at this moment', () => {
  it('is a frame under its own name', () => {
    const frame = {
      type: 'worker_log',
      payload: { agentId: 'agt_1', agentType: 'cmo', toolCalls: [{ tool: 'vote', summary: 'vote()', outcome: 'ok' }] },
      at: createdAt,
    } as const;
    const envelope = passingFrame({ ...frame, payload: { ...frame.payload, toolCalls: [...frame.payload.toolCalls] } });
    expect([envelope.topics, read(envelope)]).toEqual([['worker_log'], frame]);
  });
});
