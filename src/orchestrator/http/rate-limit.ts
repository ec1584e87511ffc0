import type { RequestHandler, Response } from 'express';
import type { Store } from 'express-rate-limit';
import { AppError } from '../../contracts/errors.ts';
import type { Caller } from '../keys/service.ts';
import type { Clock } from '../platform/clock.ts';
import { hashSecret } from '../platform/identity.ts';
import { limitWindowMs } from './limit-store.ts';

interface Deps {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * So many requests a minute for each key, told in the headers of draft-ietf-httpapi-ratelimit-headers-08. The store decides
 * whether replicas count together. Written out: the middleware of the stores' library takes a tenth of a small answer's time.
 */
export function createKeyLimiter(limit: number, { store, clock }: Deps): RequestHandler {
  const window = `"${limit}-in-1min"`;
  return async (_request, response, next) => {
    const key = keyOf(response);
    // Public routes have no key to count by, and answer without touching anything.
    if (key === undefined) return next();
    const { totalHits, resetTime } = await store.increment(key);
    const leftMs = resetTime === undefined ? limitWindowMs : resetTime.getTime() - clock.now();
    const leftSeconds = Math.max(0, Math.ceil(leftMs / 1_000));
    response.setHeader('RateLimit', `${window}; r=${Math.max(0, limit - totalHits)}; t=${leftSeconds}`);
    response.setHeader('RateLimit-Policy', `${window}; q=${limit}; w=${limitWindowMs / 1_000}; pk=:${partOf(key)}:`);
    if (totalHits > limit) {
      throw new AppError('rate_limited', `This key may send ${limit} requests a minute`, {
        retryAfterSeconds: leftSeconds,
      });
    }
    next();
  };
}

/** Tells one key's count from another's, and nothing of the key. */
const partOf = (key: string): string => Buffer.from(hashSecret(key).slice(0, 12)).toString('base64');

const keyOf = (response: Response): string | undefined => (response.locals['caller'] as Caller | undefined)?.keyId;
