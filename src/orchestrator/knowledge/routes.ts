import type { Routes } from '../../contracts/routes.ts';
import type { Handlers } from '../http/mount.ts';
import { actorOf } from '../keys/service.ts';
import type { Meaning } from './meaning.ts';
import { ourselves } from './payer.ts';
import type { KnowledgeService } from './service.ts';

type KnowledgeRoutes = Pick<
  Routes,
  'searchKnowledge' | 'listDocuments' | 'getDocument' | 'addNote' | 'changeNote' | 'removeNote'
>;

export const createKnowledgeHandlers = (knowledge: KnowledgeService, meaning: Meaning): Handlers<KnowledgeRoutes> => ({
  searchKnowledge({ query: { q: query, ...rest } }) {
    const alike = meaning.find({ query, reader: null, ...rest }, ourselves);
    return knowledge.searchAll({ query, alike, ...rest });
  },
  listDocuments: ({ query }) => knowledge.list(query),
  getDocument: ({ params }) => knowledge.get(params.id),
  addNote: async ({ body, caller }) => ({ success: true, document: await knowledge.addNote(actorOf(caller), body) }),
  changeNote: async ({ params, body, caller }) => ({
    success: true,
    document: await knowledge.changeNote(actorOf(caller), params.id, body),
  }),
  removeNote: async ({ params, caller }) => {
    await knowledge.removeNote(actorOf(caller), params.id);
    return { success: true };
  },
});
