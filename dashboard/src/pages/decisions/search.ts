import { z } from 'zod';
import { tierSchema } from '../../../../src/contracts/policy.ts';
import { columnNames } from './columns.ts';

/** What of the board is looked at, as the address tells it. What is nonsense there is as if it were not. */
export const decisionsSearch = z.object({
  column: z.enum(columnNames).optional().catch(undefined),
  tier: tierSchema.optional().catch(undefined),
  search: z.string().max(200).optional().catch(undefined),
});
export type DecisionsSearch = z.output<typeof decisionsSearch>;
