import { z } from 'zod';
import { type EventType, eventSchema, eventTypeSchema, eventTypes } from '../event.ts';
import { healthSchema, readinessSchema, systemHealthSchema } from '../health.ts';
import { agentTypeSchema, filledText, limitQuery, seqQuery, seqSchema } from '../primitives.ts';
import { route } from '../route.ts';
import { moment } from './common.ts';

const isEventType = (type: string): type is EventType => eventTypeSchema.safeParse(type).success;

/** One kind of event or several, with commas between. */
const eventTypesQuery = z
  .string()
  .max(2_000)
  .transform((list, context) => {
    const types = list.split(',');
    const unknown = types.find((type) => !isEventType(type));
    if (unknown === undefined) return types.filter(isEventType);
    // What could be no name at all is not repeated: it may be made to look like something of ours.
    const named = /^\w{1,60}$/.test(unknown) ? `"${unknown}"` : 'one of them';
    const message = `must be of these, with commas between, and ${named} is none: ${eventTypes.join(', ')}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  })
  .describe(`kinds of events, with commas between: ${eventTypes.join(', ')}`);

/** Routes: health, metrics, the log and this description. */
export const systemRoutes = {
  getHealth: route({
    method: 'get',
    path: '/health',
    summary: 'Is the process alive',
    role: 'public',
    response: healthSchema,
  }),
  getReadiness: route({
    method: 'get',
    path: '/ready',
    summary: 'Can it serve: 503 with ready false and "error" on what is down',
    role: 'public',
    response: readinessSchema,
  }),
  getSystemHealth: route({
    method: 'get',
    path: '/health/full',
    summary: 'Every part with its latency, every agent with its heartbeat',
    role: 'viewer',
    response: systemHealthSchema,
  }),
  getMetrics: route({
    method: 'get',
    path: '/metrics',
    summary: 'Prometheus metrics',
    role: 'local',
    format: 'stream',
    response: z.string(),
  }),
  getOpenapi: route({
    method: 'get',
    path: '/openapi.json',
    summary: 'This API as OpenAPI 3.1',
    role: 'public',
    response: z.record(z.string(), z.unknown()),
  }),
  getDocs: route({
    method: 'get',
    path: '/docs',
    summary: 'A page to read and to try this API',
    role: 'public',
    format: 'stream',
    response: z.string(),
  }),
  getDocsScript: route({
    method: 'get',
    path: '/docs/explorer',
    summary: 'The program of that page',
    role: 'public',
    format: 'stream',
    response: z.string(),
  }),
  listEvents: route({
    method: 'get',
    path: '/events',
    summary: 'The log, newest first; with after: oldest first',
    role: 'viewer',
    query: z.strictObject({
      limit: limitQuery(100),
      type: eventTypesQuery.optional(),
      agent: agentTypeSchema.describe('the agent it is about, or else that acted').optional(),
      text: filledText(200).describe('in its type or in a value of its payload, in capitals or not').optional(),
      from: moment.describe('not before this moment').optional(),
      to: moment.describe('before this moment').optional(),
      before: seqQuery.optional(),
      after: seqQuery.optional(),
    }),
    response: z.object({
      events: z.array(eventSchema),
      /** There: the search was cut short, and all up to this place is seen. Go on with it as `before`, or as `after`. */
      scannedTo: seqSchema.optional(),
    }),
  }),
} as const;
