import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { z } from 'zod';
import { AppError } from '../../contracts/errors.ts';
import { chatRequestSchema } from '../models/chat.ts';
import { countRequestSchema, messagesRequestSchema } from '../models/dialects/messages.ts';
import { embeddingRequestSchema } from '../models/embeddings.ts';
import type { Models } from '../models/models.ts';
import type { AgentCaller } from './identity.ts';

/** Where agents think: as OpenAI's clients and as Anthropic's expect it. The body has been read as JSON already. */
export function createLlmRouter(models: Models): Router {
  const router = Router();
  router.post('/v1/chat/completions', thinking(models, 'openai', chatRequestSchema));
  router.post('/v1/embeddings', embedding(models));
  router.post('/v1/messages', thinking(models, 'anthropic', messagesRequestSchema));
  router.post('/v1/messages/count_tokens', counting(models));
  router.get('/v1/models', (_request, response) => {
    const data = models.list().map((id) => ({
      id,
      object: 'model',
      type: 'model',
      display_name: id,
      created: 0,
      created_at: '1970-01-01T00:00:00Z',
      owned_by: 'boardroom',
    }));
    response.json({ object: 'list', data, has_more: false, first_id: data[0]?.id, last_id: data.at(-1)?.id });
  });
  return router;
}

const thinking =
  <D extends 'openai' | 'anthropic'>(models: Models, dialect: D, schema: z.ZodType): RequestHandler =>
  async (request, response) => {
    const thought = {
      ...askingOf(request, response),
      response,
      dialect,
      body: read(schema, request.body),
      // The schema goes with the dialect; the pairing is lost over the type parameter.
    } as Parameters<Models['think']>[0];
    await models.think(thought);
  };

const counting =
  (models: Models): RequestHandler =>
  (request, response) =>
    models.count({ ...askingOf(request, response), response, body: read(countRequestSchema, request.body) });

const embedding =
  (models: Models): RequestHandler =>
  (request, response) =>
    models.embed({ ...askingOf(request, response), response, body: read(embeddingRequestSchema, request.body) });

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new AppError('invalid_request', `${issues[0]?.path}: ${issues[0]?.message}`, { issues });
}

/** Headers of the client's that say what it expects of the provider. */
const passed = ['anthropic-version', 'anthropic-beta'] as const;

const askingOf = (request: Request, response: Response) => ({
  caller: response.locals['agent'] as AgentCaller,
  taskType: request.get('x-boardroom-task-type'),
  headers: Object.fromEntries(
    passed.flatMap((name) => (request.get(name) === undefined ? [] : [[name, String(request.get(name))]])),
  ),
});
