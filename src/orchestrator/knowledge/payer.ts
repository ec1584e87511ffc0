import { system } from '../events/work.ts';
import type { Payer } from '../models/accounts.ts';

/** What the team wants to know of itself counts for its budget, and for no agent's. */
export const ourselves: Payer = { actor: system, instanceId: 'orchestrator' };
