import type { ToolOutput } from '../contracts/tools.ts';
import { type OfferedTool, readWith, type Toolbox } from './toolbox.ts';

/** What the gateway knows that concerns this agent now. */
export interface Briefing {
  readonly inbox: ToolOutput<'read_inbox'>;
  readonly decisions: ToolOutput<'list_decisions'>;
  readonly tasks: ToolOutput<'list_tasks'>;
  readonly notes: ToolOutput<'recall'>;
}

/** A role whose profile leaves out one of these tools is briefed without it. */
export async function gatherBriefing(toolbox: Toolbox): Promise<Briefing> {
  const has = (name: OfferedTool['name']) => toolbox.offered.some((tool) => tool.name === name);
  const [inbox, decisions, tasks, notes] = await Promise.all([
    has('read_inbox') ? readWith(toolbox, 'read_inbox', {}) : { messages: [], more: false },
    has('list_decisions') ? readWith(toolbox, 'list_decisions', { needsMe: true }) : { decisions: [] },
    has('list_tasks') ? readWith(toolbox, 'list_tasks', { status: ['pending', 'in_progress'] }) : { tasks: [] },
    has('recall') ? readWith(toolbox, 'recall', {}) : { notes: [] },
  ]);
  return { inbox, decisions, tasks, notes };
}
