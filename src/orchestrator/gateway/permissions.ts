import { type Budgets, measureSchema, periodSchema } from '../../contracts/budget.ts';
import type { JsonValue } from '../../contracts/primitives.ts';
import { type Narrowing, narrowingSchema, type Permissions } from '../../contracts/profile.ts';
import type { ToolInput, ToolName } from '../../contracts/tools.ts';

export type Ruling = { readonly allowed: true } | { readonly allowed: false; readonly because: string };

const allowed: Ruling = { allowed: true };
const refused = (because: string): Ruling => ({ allowed: false, because });

/** What its permissions let an agent do. The model may be asked to behave; this is what holds. */
export function rule(permissions: Permissions, tool: ToolName, input: unknown): Ruling {
  if (!permissions.tools.includes(tool)) return refused(`its permissions do not list the tool ${tool}`);
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
    return refused(`its permissions let it propose: ${tiers}; not ${tier}`);
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
  return refused(`its permissions let it give tasks to: ${assign.join(', ') || 'nobody'}; not ${assignTo}`);
}

/** What is left of the profile's permissions when the operator has taken away what `permissions.<type>` leaves out. */
export function narrowed(permissions: Permissions, setting: JsonValue | undefined): Permissions {
  if (setting === undefined) return permissions;
  const { data } = narrowingSchema.safeParse(setting);
  // It passed this schema when it was written. Whatever has changed since: rather nothing than too much.
  if (!data) return { tools: [], propose: [], assign: [] };
  const { tools, propose, assign } = permissions;
  const within = <T>(all: readonly T[], left: readonly T[] | undefined) =>
    all.filter((each) => left === undefined || left.includes(each));
  return {
    tools: within(tools, data.tools),
    propose: within(propose, data.propose),
    assign: lesserAssign(assign, data.assign),
  };
}

function lesserAssign(all: Permissions['assign'], left: Narrowing['assign']): Permissions['assign'] {
  if (left === undefined || left === 'everyone') return all;
  return all === 'everyone' ? left : all.filter((each) => left.includes(each));
}

interface Grants {
  readonly permissions: Permissions;
  readonly budgets: Budgets;
}

/** Where a narrowing asks for more than the profile grants: it may only take away. */
export function wideningsOf({ permissions, budgets }: Grants, narrowing: Narrowing) {
  const { tools, propose, assign } = permissions;
  const beyond = (field: string, all: readonly string[], asked: readonly string[] = []) =>
    asked.flatMap((each, at) =>
      all.includes(each) ? [] : [{ path: [field, at], message: `the profile does not grant ${each}` }],
    );
  const assignsMore =
    assign !== 'everyone' && narrowing.assign === 'everyone'
      ? [{ path: ['assign'], message: 'the profile does not grant everyone' }]
      : [];
  const roles = narrowing.assign === 'everyone' || assign === 'everyone' ? [] : narrowing.assign;
  return [
    ...beyond('tools', tools, narrowing.tools),
    ...beyond('propose', propose, narrowing.propose),
    ...assignsMore,
    ...beyond('assign', assign === 'everyone' ? [] : assign, roles),
    ...periodSchema.options.flatMap((period) =>
      measureSchema.options.flatMap((measure) => {
        const [granted, asked] = [budgets[period]?.[measure], narrowing.budgets?.[period]?.[measure]];
        if (granted === undefined || asked === undefined || asked <= granted) return [];
        return [{ path: ['budgets', period, measure], message: `the profile grants ${granted} at most` }];
      }),
    ),
  ];
}
