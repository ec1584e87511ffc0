import { z } from 'zod';
import { budgetSchema, usageSchema } from '../budget.ts';
import { limitQuery, offsetQuery, timestamp } from '../primitives.ts';
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
      groupBy: z
        .string()
        .regex(/^(agent|model|day)(,(agent|model|day)){0,2}$/, 'must be of agent, model and day, with commas between')
        .default('agent'),
      limit: limitQuery(200),
      offset: offsetQuery,
    }),
    response: pageOf({ usage: z.array(usageSchema), from: timestamp, to: timestamp }),
  }),
  getBudgets: route({
    method: 'get',
    path: '/budgets',
    summary: 'Every budget with its limit, what is spent and reserved of it, and when it begins anew',
    role: 'viewer',
    response: z.object({ budgets: z.array(budgetSchema) }),
  }),
} as const;
