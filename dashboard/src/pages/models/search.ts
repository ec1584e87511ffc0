import { z } from 'zod';
import { usageRangeSchema } from '../../../../src/contracts/budget.ts';

/** What of the page is in its address. */
export const modelsSearch = z.object({
  tab: z.enum(['usage', 'benchmark']).optional().catch(undefined),
  /** The benchmark run that is looked at. */
  run: z.string().max(100).optional().catch(undefined),
  range: usageRangeSchema.optional().catch(undefined),
  by: z.enum(['agent', 'model']).optional().catch(undefined),
  measure: z.enum(['cost', 'tokens', 'calls']).optional().catch(undefined),
});
export type ModelsSearch = z.output<typeof modelsSearch>;
export type Measured = NonNullable<ModelsSearch['measure']>;
