import type { DecisionStatus } from '../../../../src/contracts/decision.ts';

/** The board's columns from left to right: what is under way, what waits for a human, what came of it. */
export const columns = {
  pending: ['pending'],
  escalated: ['escalated'],
  approved: ['approved'],
  turnedDown: ['vetoed', 'rejected', 'withdrawn'],
} as const satisfies Record<string, readonly DecisionStatus[]>;

export type ColumnName = keyof typeof columns;
export const columnNames = Object.keys(columns) as [ColumnName, ...ColumnName[]]; // Object.keys forgets the names
