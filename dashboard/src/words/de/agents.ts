import type { agents as en } from '../en/agents.ts';

export const agents: Record<keyof typeof en, string> = {
  title: 'Agenten',
};
