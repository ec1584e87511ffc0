import type { ToolName } from '../../contracts/tools.ts';

/** A tool call the rehearsal wants to make. */
export interface Move {
  readonly name: ToolName;
  readonly input: Readonly<Record<string, unknown>>;
}
