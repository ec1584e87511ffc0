import type { Permissions } from '../../contracts/profile.ts';
import type { ToolInput, ToolName } from '../../contracts/tools.ts';

export type Ruling = { readonly allowed: true } | { readonly allowed: false; readonly because: string };

const allowed: Ruling = { allowed: true };
const refused = (because: string): Ruling => ({ allowed: false, because });

/** What a profile lets its agent do. The model may be asked to behave; this is what holds. */
export function rule(permissions: Permissions, tool: ToolName, input: unknown): Ruling {
  if (!permissions.tools.includes(tool)) return refused(`the profile does not list the tool ${tool}`);
  switch (tool) {
    case 'propose_decision':
      return ruleProposal(permissions, input as ToolInput<'propose_decision'>);
    case 'create_task':
      return ruleAssignment(permissions, (input as ToolInput<'create_task'>).assignTo);
    default:
      return allowed;
  }
}

function ruleProposal(permissions: Permissions, { tier, onApprove }: ToolInput<'propose_decision'>): Ruling {
  if (!permissions.propose.includes(tier)) {
    const tiers = permissions.propose.join(', ') || 'none';
    return refused(`the profile lets it propose: ${tiers}; not ${tier}`);
  }
  if (tier !== 'operational') return allowed;
  // Nobody is asked: then approval must not do what the proposer may not do itself.
  const rulings = onApprove.map((action) =>
    action.kind === 'create_task'
      ? ruleAssignment(permissions, action.task.assignTo)
      : refused(`${action.kind} needs a decision that somebody is asked about`),
  );
  return rulings.find((ruling) => !ruling.allowed) ?? allowed;
}

function ruleAssignment({ assign }: Permissions, assignTo: string): Ruling {
  if (assign === 'everyone' || assign.includes(assignTo)) return allowed;
  return refused(`the profile lets it give tasks to: ${assign.join(', ') || 'nobody'}; not ${assignTo}`);
}
