import { describe, expect, it } from 'vitest';
import { agentOf, neighbourOf, stepFrom, type Waiting, waitingOf } from '../../dashboard/src/pages/inbox/waiting.ts';
import type { DomainRequest } from '../../src/contracts/domain.ts';
import type { Escalation } from '../../src/contracts/escalation.ts';

const at = (minute: number) => `2030-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`;

const escalation = (id: string, priority: Escalation['priority'], minute: number): Escalation => ({
  id,
  priority,
  kind: 'human_requested',
  subject: 'cmo',
  title: id,
  reason: 'because',
  status: 'open',
  createdAt: at(minute),
  resolvedAt: null,
  resolvedBy: null,
  resolution: null,
});

const request = (id: string, minute: number): DomainRequest => ({
  id,
  domain: 'example.com',
  requestedBy: 'cmo',
  reason: '',
  status: 'pending',
  suggestedCategory: 'general',
  securityScore: 50,
  findings: [],
  url: null,
  taskId: null,
  createdAt: at(minute),
  decidedBy: null,
  decidedAt: null,
  notes: null,
});

const ids = (items: readonly Waiting[]) => items.map(({ id }) => id);

describe('what waits', () => {
  it('stands in one list by urgency, then by age; a domain is as urgent as anything normal', () => {
    const items = waitingOf({
      escalations: [
        escalation('normal-5', 'normal', 5),
        escalation('high-2', 'high', 2),
        escalation('critical-9', 'critical', 9),
        escalation('high-1', 'high', 1),
      ],
      requests: [request('domain-6', 6), request('domain-4', 4)],
      settings: undefined,
    });
    expect(ids(items)).toEqual(['critical-9', 'high-1', 'high-2', 'domain-4', 'normal-5', 'domain-6']);
  });

  it.each([
    ['critical', { escalation: { timeout_critical: 60, timeout_high: 3_600 } }, at(1)],
    ['high', { escalation: { timeout_critical: 60, timeout_high: 600 } }, at(10)],
    ['normal', { escalation: { timeout_critical: 60 } }, undefined],
    ['high', { escalation: { timeout_high: 'soon' } }, undefined],
    ['high', undefined, undefined],
  ] as const)('of priority %s under %j is due %s', (priority, settings, dueAt) => {
    const [item] = waitingOf({ escalations: [escalation('it', priority, 0)], requests: [], settings });
    expect(item).toMatchObject({ dueAt });
  });
});

describe('the way through the list', () => {
  const items = waitingOf({
    escalations: [escalation('a', 'high', 1), escalation('b', 'high', 2), escalation('c', 'high', 3)],
    requests: [],
    settings: undefined,
  });

  it.each([
    ['a', 'b'],
    ['b', 'c'],
    ['c', 'b'],
  ])('leads on from %s, once that is done, to %s', (from, to) => {
    expect(neighbourOf(items, from)?.id).toBe(to);
  });

  it('ends when the last one is done', () => {
    expect(neighbourOf(items.slice(0, 1), 'a')).toBeUndefined();
  });

  it.each([
    [undefined, 1, 'a'],
    [undefined, -1, 'a'],
    ['a', 1, 'b'],
    ['c', 1, 'c'],
    ['b', -1, 'a'],
    ['a', -1, 'a'],
    ['gone', 1, 'a'],
  ] as const)('goes from %s by %i to %s', (from, step, to) => {
    expect(stepFrom(items, from, step)?.id).toBe(to);
  });
});

it.each([
  ['cto', 'cto'],
  ['coo/task/tsk_1', 'coo'],
])('an escalation about %s is about the agent %s', (subject, agent) => {
  expect(agentOf({ ...escalation('it', 'high', 0), subject })).toBe(agent);
});
