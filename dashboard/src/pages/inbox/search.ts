import { z } from 'zod';

/** Which of the things that wait is looked at. */
export const inboxSearch = z.object({ item: z.string().max(80).optional().catch(undefined) });
