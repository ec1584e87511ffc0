import { AppError } from '../../contracts/errors.ts';
import type { Caller } from '../keys/service.ts';

/** Room for dashboards: each one that reads slowly may hold a megabyte, so their number must have an end. */
export interface SocketSeats {
  /** Throws when the caller cannot have another. */
  check(caller: Caller): void;
  /** Returns what gives the seat back. */
  take(caller: Caller): () => void;
  taken(): number;
}

const comeAgainSeconds = 30;

export function createSocketSeats(max: number, maxOfKey: number): SocketSeats {
  const ofKeys = new Map<string, number>();
  let all = 0;
  const ofKey = (keyId: string) => ofKeys.get(keyId) ?? 0;

  function count(keyId: string, change: 1 | -1): void {
    all += change;
    const left = ofKey(keyId) + change;
    if (left === 0) ofKeys.delete(keyId);
    else ofKeys.set(keyId, left);
  }

  return {
    check({ keyId, name }) {
      const retryAfterSeconds = comeAgainSeconds;
      if (ofKey(keyId) >= maxOfKey) {
        throw new AppError(
          'rate_limited',
          `The key "${name}" has ${maxOfKey} sockets open, as many as SOCKETS_PER_KEY allows`,
          {
            retryAfterSeconds,
          },
        );
      }
      if (all >= max) {
        throw new AppError(
          'dependency_unavailable',
          `This replica has ${max} sockets open, as many as SOCKETS_MAX allows`,
          {
            retryAfterSeconds,
          },
        );
      }
    },
    take({ keyId }) {
      count(keyId, 1);
      return () => count(keyId, -1);
    },
    taken: () => all,
  };
}
