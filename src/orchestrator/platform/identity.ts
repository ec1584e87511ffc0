import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { typeidUnboxed } from 'typeid-js';
import type { IdPrefix } from '../../contracts/primitives.ts';

/** Chance as a dependency: ids, secrets and jitter. */
export interface Chance {
  id(prefix: IdPrefix): string;
  /** 256 random bits, in base64url. */
  secret(): string;
  /** From 0 up to, not including, 1. */
  fraction(): number;
}

export const systemChance: Chance = {
  id: (prefix) => typeidUnboxed(prefix),
  secret: () => randomBytes(32).toString('base64url'),
  fraction: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
};

/** How secrets are kept: they hold 256 random bits, so one round of SHA-256 is enough. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Compares two hashes without telling by the time taken where they differ. */
export const sameHash = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
