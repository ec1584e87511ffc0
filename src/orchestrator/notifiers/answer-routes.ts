import type { Request, Response } from 'express';
import { AppError, errorCodes } from '../../contracts/errors.ts';
import type { Routes } from '../../contracts/routes.ts';
import type { Handlers } from '../http/mount.ts';
import { pageHeaders, questionPage, refusalPage, thanksPage } from './answer-pages.ts';
import type { AnswerService } from './answers.ts';

type AnswerRoutes = Pick<Routes, 'showQuestion' | 'giveAnswer'>;

export const createAnswerHandlers = (answers: AnswerService): Handlers<AnswerRoutes> => ({
  showQuestion: ({ params, request }, response) =>
    sendPage(request, response, async () => questionPage(await answers.question(params.token))),
  giveAnswer: ({ params, body, request }, response) =>
    sendPage(request, response, async () => thanksPage(await answers.answer(params.token, body))),
});

/** A refusal is a page, too, for those who asked for pages; programs get the usual problem. */
async function sendPage(request: Request, response: Response, make: () => Promise<string>): Promise<void> {
  try {
    send(response, 200, await make());
  } catch (error) {
    if (!(error instanceof AppError) || request.accepts(['json', 'html']) !== 'html') throw error;
    send(response, errorCodes[error.code].status, refusalPage(error));
  }
}

const send = (response: Response, status: number, page: string): void =>
  void response.status(status).set(pageHeaders).send(page);
