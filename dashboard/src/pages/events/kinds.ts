import { type EventType, eventTypes } from '../../../../src/contracts/event.ts';

/** Kinds of events under the heads that a reader looks for them under; what fits none is the house's own. */
const heads = [
  ['agents', /^(agent|loop|message|alert)_/],
  ['tasks', /^task_/],
  ['decisions', /^(decision|escalation|action)_/],
  ['domains', /^(domain|egress)_/],
  ['knowledge', /^document_/],
  ['models', /^(budget|benchmark)_/],
  ['jobs', /^job_/],
  ['house', /^/],
] as const;
export type Head = (typeof heads)[number][0];

export const kindsByHead: readonly (readonly [Head, readonly EventType[]])[] = heads.map(([head]) => [
  head,
  eventTypes.filter((type) => heads.find(([, pattern]) => pattern.test(type))?.[0] === head),
]);
