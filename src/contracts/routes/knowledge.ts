import { z } from 'zod';
import {
  documentKindSchema,
  documentSchema,
  documentSummarySchema,
  findingSchema,
  newNoteSchema,
  noteChangeSchema,
} from '../knowledge.ts';
import { agentTypeSchema, idOf, limitQuery, text } from '../primitives.ts';
import { route } from '../route.ts';
import { newestFirst, pageOf, succeeded } from './common.ts';

const documentId = z.strictObject({ id: idOf('doc') });
/** `agent`: only what is that agent's own. */
const which = { kind: documentKindSchema.optional(), agent: agentTypeSchema.optional() };

/** Routes: what the team knows. */
export const knowledgeRoutes = {
  searchKnowledge: route({
    method: 'get',
    path: '/knowledge/search',
    summary: 'Documents that fit the words, best first; "quoted phrases", or and -without as on the web',
    role: 'viewer',
    query: z.strictObject({ q: text(400).default(''), limit: limitQuery(20), ...which }),
    response: z.object({ results: z.array(findingSchema) }),
  }),
  listDocuments: route({
    method: 'get',
    path: '/knowledge',
    summary: 'Documents without their texts, newest first',
    role: 'viewer',
    query: z.strictObject({ ...which, ...newestFirst('doc') }),
    response: pageOf({ documents: z.array(documentSummarySchema) }),
  }),
  getDocument: route({
    method: 'get',
    path: '/knowledge/:id',
    summary: 'One document',
    role: 'viewer',
    params: documentId,
    response: documentSchema,
    errors: ['document_not_found'],
  }),
  addNote: route({
    method: 'post',
    path: '/knowledge',
    summary: 'Let all agents, or one, know something',
    role: 'operator',
    body: newNoteSchema,
    status: 201,
    response: z.object({ ...succeeded, document: documentSchema }),
    errors: ['agent_not_found'],
  }),
  changeNote: route({
    method: 'post',
    path: '/knowledge/:id',
    summary: 'Change a note; other documents follow their source',
    role: 'operator',
    params: documentId,
    body: noteChangeSchema,
    response: z.object({ ...succeeded, document: documentSchema }),
    errors: ['document_not_found', 'document_follows_source'],
  }),
  removeNote: route({
    method: 'delete',
    path: '/knowledge/:id',
    summary: 'Remove a note; other documents follow their source',
    role: 'operator',
    params: documentId,
    response: z.object(succeeded),
    errors: ['document_not_found', 'document_follows_source'],
  }),
} as const;
