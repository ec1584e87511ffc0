import { z } from 'zod';
import { budgetSchema, callStatsSchema, usageRangeSchema, usageSchema, usageSeriesSchema } from '../budget.ts';
import { agentTypeSchema, limitQuery, offsetQuery, timestamp } from '../primitives.ts';
import { route } from '../route.ts';
import { moment, pageOf } from './common.ts';

/** Routes: what thinking costs, and what it may cost. */
export const budgetsRoutes = {
  getUsage: route({
    method: 'get',
    path: '/usage',
    summary: 'Calls, tokens and cost of models by agent, model or day, or by several of these; the last 30 days',
    role: 'viewer',
    query: z.strictObject({
      from: moment.optional(),
      to: moment.optional(),
      agent: agentTypeSchema.optional(),
      groupBy: z
        .string()
        .regex(/^(agent|model|day)(,(agent|model|day)){0,2}$/, 'must be of agent, model and day, with commas between')
        .default('agent'),
      limit: limitQuery(200),
      offset: offsetQuery,
    }),
    response: pageOf({ usage: z.array(usageSchema), from: timestamp, to: timestamp }),
  }),
  getUsageSeries: route({
    method: 'get',
    path: '/usage/series',
    summary:
      'What calls of models cost and how fast they were, over time: the agents or models that cost most, and the rest',
    role: 'viewer',
    query: z.strictObject({
      range: usageRangeSchema.default('7d'),
      by: z.enum(['agent', 'model']).default('agent'),
    }),
    response: z.object({
      from: timestamp,
      to: timestamp,
      /** Seconds between two points. */
      step: z.number().int(),
      total: callStatsSchema,
      series: z.array(usageSeriesSchema),
    }),
  }),
  getBudgets: route({
    method: 'get',
    path: '/budgets',
    summary: 'Every budget with its limit, what is spent and reserved of it, and when it begins anew',
    role: 'viewer',
    response: z.object({ budgets: z.array(budgetSchema) }),
  }),
} as const;
