import type { RequestHandler, Response } from 'express';
import { rateLimit, type Store } from 'express-rate-limit';
import { AppError } from '../../contracts/errors.ts';
import type { Caller } from '../keys/service.ts';
import { limitWindowMs } from './limit-store.ts';

/** So many requests a minute for each key. The store decides whether replicas count together. */
export const createKeyLimiter = (limit: number, store: Store): RequestHandler =>
  rateLimit({
    windowMs: limitWindowMs,
    limit,
    store,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (_request, response) => keyOf(response) ?? '',
    // Public routes have no key to count by, and answer without touching anything.
    skip: (_request, response) => keyOf(response) === undefined,
    // A store that is away must not take the API with it.
    passOnStoreError: true,
    handler: (_request, response, next) => {
      const retryAfterSeconds = Number(response.getHeader('Retry-After') ?? 60);
      next(new AppError('rate_limited', `This key may send ${limit} requests a minute`, { retryAfterSeconds }));
    },
  });

const keyOf = (response: { locals?: Response['locals'] } | Response): string | undefined =>
  (response.locals?.['caller'] as Caller | undefined)?.keyId;
