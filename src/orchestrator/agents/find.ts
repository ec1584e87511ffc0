import { AppError } from '../../contracts/errors.ts';
import type { Queryable } from '../platform/postgres.ts';
import { type AgentRow, findAgent } from './store.ts';

export async function findAgentOrThrow(db: Queryable, type: string): Promise<AgentRow> {
  const row = await findAgent(db, type);
  if (!row) throw noSuchAgent(type);
  return row;
}

export const noSuchAgent = (type: string) => new AppError('agent_not_found', `There is no agent "${type}"`);
