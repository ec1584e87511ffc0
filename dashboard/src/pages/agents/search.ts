import { z } from 'zod';

export const agentTabs = ['activity', 'log', 'tasks', 'memory', 'spend', 'exits', 'profile'] as const;

export const agentSearch = z.object({ tab: z.enum(agentTabs).optional().catch(undefined) });
