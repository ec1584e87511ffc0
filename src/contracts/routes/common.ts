import { z } from 'zod';
import { type IdPrefix, idOf, limitQuery, offsetQuery } from '../primitives.ts';

/** The query of a paged list. */
export const page = { limit: limitQuery(50), offset: offsetQuery };

/** The same, newest first: `before` goes on behind the last id of a page, as fast at any depth; `offset` has to count. */
export const newestFirst = (prefix: IdPrefix) => ({ ...page, before: idOf(prefix).optional() });

/** The answer of a paged list: `total` counts all, not the page. */
export const pageOf = <S extends z.ZodRawShape>(items: S) =>
  z.object({ ...items, total: z.number().int(), limit: z.number().int(), offset: z.number().int() });

export const succeeded = { success: z.literal(true) };
