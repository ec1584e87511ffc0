import type { EscalationKind, EscalationPriority } from '../../contracts/escalation.ts';
import type { Format } from '../text/screen.ts';

/** One thing that waits for a human. */
export interface Item {
  readonly id: string;
  readonly kind: EscalationKind | 'domain_request';
  /** What it is about: a decision's id, an agent's type, a budget's name or a domain. */
  readonly subject: string;
  readonly title: string;
  readonly reason: string;
  readonly priority: EscalationPriority;
  readonly createdAt: string;
  /** What answers it. */
  readonly commands: readonly string[];
}

const indent = (text: string): string => text.replaceAll('\n', '\n  ');

export const headOf = (item: Item, { paint, time }: Format): string =>
  [
    `${item.id}  ${item.kind}  ${paint(item.priority)}  ${time(item.createdAt)}`,
    `  ${indent(item.title)}`,
    ...(item.reason === '' ? [] : [`  ${indent(item.reason)}`]),
  ].join('\n');
