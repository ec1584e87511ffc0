import { z } from 'zod';

/** What of the page is in its address. */
export const settingsSearch = z.object({
  tab: z.enum(['all', 'direction', 'notifications', 'history']).optional().catch(undefined),
  q: z.string().max(100).optional().catch(undefined),
});
export type SettingsTab = NonNullable<z.output<typeof settingsSearch>['tab']>;
