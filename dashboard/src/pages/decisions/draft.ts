import type { z } from 'zod';
import { type DecisionAction, newDecisionSchema } from '../../../../src/contracts/decision.ts';
import type { Tier } from '../../../../src/contracts/policy.ts';

export const actionKinds = [
  'create_task',
  'whitelist_domain',
  'start_agent',
  'stop_agent',
  'change_setting',
] as const satisfies readonly DecisionAction['kind'][];
export type ActionKind = (typeof actionKinds)[number];

/** An action as it is being written: the fields of all kinds side by side, so that a change of kind loses no word. */
export interface ActionDraft {
  readonly id: number;
  readonly kind: ActionKind;
  readonly title: string;
  readonly agentType: string;
  readonly domain: string;
  readonly category: string;
  /** `<category>.<key>`. */
  readonly setting: string;
  /** JSON, or a text as it stands. */
  readonly value: string;
}

export interface DecisionDraft {
  readonly title: string;
  readonly description: string;
  readonly tier: Tier;
  readonly actions: readonly ActionDraft[];
}

export const emptyDraft: DecisionDraft = { title: '', description: '', tier: 'major', actions: [] };

export const emptyAction = (id: number): ActionDraft => ({
  id,
  kind: 'create_task',
  title: '',
  agentType: '',
  domain: '',
  category: 'general',
  setting: '',
  value: '',
});

type Proposal = z.input<typeof newDecisionSchema>;
export type Drafted =
  | { readonly isReady: true; readonly body: Proposal }
  /** What is wrong, by its place: `title`, `onApprove.0.domain`. */
  | { readonly isReady: false; readonly errors: Readonly<Record<string, string>> };

/** The proposal that a draft makes, checked as the orchestrator will check it. */
export function proposalOf({ title, description, tier, actions }: DecisionDraft): Drafted {
  const body = {
    title: title.trim(),
    description: description.trim(),
    decisionType: tier,
    onApprove: actions.map(actionOf),
  };
  const parsed = newDecisionSchema.safeParse(body);
  if (parsed.success) return { isReady: true, body };
  const errors = parsed.error.issues.map(({ path, message }) => [path.map(String).join('.'), message] as const);
  return { isReady: false, errors: Object.fromEntries(errors.toReversed()) };
}

function actionOf(draft: ActionDraft): DecisionAction {
  const { kind, agentType } = draft;
  switch (kind) {
    case 'create_task': {
      const task = { title: draft.title.trim(), description: '', assignTo: agentType, priority: 'normal' as const };
      return { kind, task };
    }
    case 'whitelist_domain':
      return { kind, domain: draft.domain.trim(), category: draft.category.trim(), description: '' };
    case 'start_agent':
    case 'stop_agent':
      return { kind, agentType };
    case 'change_setting': {
      const [category = '', ...rest] = draft.setting.trim().split('.');
      return { kind, category, key: rest.join('.'), value: jsonOrText(draft.value) };
    }
  }
}

/** `5`, `true` and `{"a": 1}` are what they say; everything else is a text. */
export function jsonOrText(text: string): Extract<DecisionAction, { kind: 'change_setting' }>['value'] {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
