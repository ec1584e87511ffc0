import type { Answer } from '../../../../src/contracts/client.ts';

export type AgentSummary = Answer<'listAgents'>['agents'][number];
export type AgentDetail = Answer<'getAgent'>;
export type AgentLoop = Answer<'listAgentLoops'>['loops'][number];
