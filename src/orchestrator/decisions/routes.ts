import type { Routes } from '../../contracts/routes.ts';
import type { Handlers } from '../http/mount.ts';
import { actorOf } from '../keys/service.ts';
import type { DecisionService } from './service.ts';

type DecisionRoutes = Pick<
  Routes,
  | 'listDecisions'
  | 'listPendingDecisions'
  | 'getDecision'
  | 'proposeDecision'
  | 'castVote'
  | 'escalateDecision'
  | 'resolveDecision'
>;

export const createDecisionHandlers = (decisions: DecisionService): Handlers<DecisionRoutes> => ({
  listDecisions: ({ query }) => decisions.list(query),
  listPendingDecisions: ({ query }) => decisions.list({ ...query, status: 'pending' }),
  getDecision: ({ params }) => decisions.get(params.id),
  proposeDecision: ({ body: { decisionType, ...body }, caller }) =>
    decisions.proposeAs(actorOf(caller), { ...body, tier: decisionType }),
  castVote: async ({ params, body, caller }) => {
    const decision = await decisions.voteOnBehalf(actorOf(caller), { decisionId: params.id, ...body });
    return { success: true, decision };
  },
  escalateDecision: async ({ params, body, caller }) => {
    const decision = await decisions.escalate(actorOf(caller), params.id, body.reason);
    return { success: true, decision };
  },
  resolveDecision: async ({ params, body, caller }) => {
    const decision = await decisions.resolve(actorOf(caller), params.id, body);
    return { success: true, decision };
  },
});
