import { z } from 'zod';
import { timestamp } from './primitives.ts';

const check = z.enum(['ok', 'error']);
const component = z.object({
  status: z.enum(['healthy', 'unhealthy', 'embedded']),
  /** Milliseconds of one round trip; null when it did not answer. */
  latency: z.number().nullable(),
});

export const healthSchema = z.object({ status: z.literal('ok'), timestamp });

export const readinessSchema = z.object({
  ready: z.boolean(),
  checks: z.object({ database: check, redis: z.enum(['ok', 'error', 'embedded']) }),
});

export const systemHealthSchema = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  /** Seconds since this replica started. */
  uptime: z.number(),
  components: z.object({
    database: component,
    redis: component,
    runtime: z.object({ kind: z.string(), status: z.enum(['healthy', 'unhealthy', 'preparing']), detail: z.string() }),
    agents: z.record(z.string(), z.object({ status: z.string(), lastHeartbeat: timestamp.nullable() })),
  }),
  replica: z.object({ id: z.string(), leader: z.boolean() }),
});
export type SystemHealth = z.infer<typeof systemHealthSchema>;
