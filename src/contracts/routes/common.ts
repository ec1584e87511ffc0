import { z } from 'zod';
import { type IdPrefix, idOf, limitQuery, offsetQuery, timestamp } from '../primitives.ts';

/** The query of a paged list. */
export const page = { limit: limitQuery(50), offset: offsetQuery };

/** The same, newest first: `before` goes on behind the last id of a page, as fast at any depth; `offset` has to count. */
export const newestFirst = (prefix: IdPrefix) => ({ ...page, before: idOf(prefix).optional() });

/** The answer of a paged list: `total` counts all, not the page. */
export const pageOf = <S extends z.ZodRawShape>(items: S) =>
  z.object({ ...items, total: z.number().int(), limit: z.number().int(), offset: z.number().int() });

/** Years that every part of the system can write down. */
export const moment = timestamp.refine((at) => /^2\d{3}-/.test(at), 'must lie between the years 2000 and 2999');

export const succeeded = { success: z.literal(true) };
