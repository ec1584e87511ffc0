import { z } from 'zod';
import { limitQuery, offsetQuery } from '../primitives.ts';

/** The query of a paged list. */
export const page = { limit: limitQuery(50), offset: offsetQuery };

/** The answer of a paged list: `total` counts all, not the page. */
export const pageOf = <S extends z.ZodRawShape>(items: S) =>
  z.object({ ...items, total: z.number().int(), limit: z.number().int(), offset: z.number().int() });

export const succeeded = { success: z.literal(true) };
