import type { Routes } from '../../contracts/routes.ts';
import type { Handlers } from '../http/mount.ts';
import { actorOf } from '../keys/service.ts';
import type { DecisionService } from './service.ts';

type DecisionRoutes = Pick<
  Routes,
  | 'listDecisions'
  | 'listPendingDecisions'
  | 'getDecision'
  | 'getDecisionEvents'
  | 'proposeDecision'
  | 'castVote'
  | 'escalateDecision'
  | 'resolveDecision'
  | 'withdrawDecision'
>;

export const createDecisionHandlers = (decisions: DecisionService): Handlers<DecisionRoutes> => ({
  listDecisions: ({ query: { status: statuses, decisionType: tier, ...query } }) =>
    decisions.list({ ...query, statuses, tier }),
  listPendingDecisions: ({ query }) => decisions.list({ ...query, statuses: ['pending'] }),
  getDecision: ({ params }) => decisions.get(params.id),
  getDecisionEvents: async ({ params, query }) => ({ events: await decisions.events(params.id, query) }),
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
  withdrawDecision: async ({ params, body, caller }) => {
    const decision = await decisions.withdrawAs(actorOf(caller), { decisionId: params.id, ...body });
    return { success: true, decision };
  },
});
