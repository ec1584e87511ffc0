import type { RequestHandler } from 'express';
import { AppError } from '../../contracts/errors.ts';
import { chatRequestSchema } from '../models/chat.ts';
import { rehearse } from '../models/rehearsal.ts';
import { rehearsalStream } from '../models/rehearsal-stream.ts';

const models = ['rehearsal', 'default'];

/** OpenAI-compatible: where agents think. One provider so far, the rule-based rehearsal. */
export const chatCompletions: RequestHandler = async (request, response) => {
  const parsed = chatRequestSchema.safeParse(request.body);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    throw new AppError('invalid_request', `${issues[0]?.path}: ${issues[0]?.message}`, { issues });
  }
  if (!models.includes(parsed.data.model)) {
    throw new AppError('invalid_request', `model: "${parsed.data.model}" is not there; allowed: ${models.join(', ')}`);
  }
  const completion = rehearse(parsed.data);
  if (parsed.data.stream !== true) {
    response.json(completion);
    return;
  }
  response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  for (const chunk of rehearsalStream(completion, parsed.data.stream_options ?? undefined)) response.write(chunk);
  response.end();
};

export const listModels: RequestHandler = (_request, response) => {
  response.json({
    object: 'list',
    data: models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'boardroom' })),
  });
};
