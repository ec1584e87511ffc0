import type { Answer } from '../../../../src/contracts/client.ts';

export type AgentSummary = Answer<'listAgents'>['agents'][number];
