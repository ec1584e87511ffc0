import { hash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { typeidUnboxed } from 'typeid-js';
import type { IdPrefix } from '../../contracts/primitives.ts';

/** Chance as a dependency: ids, secrets and jitter. */
export interface Chance {
  id(prefix: IdPrefix): string;
  bytes(count: number): Buffer;
  /** 256 random bits, in base64url. */
  secret(): string;
  /** 122 random bits; cheap, because they are drawn in stock. Not for secrets. */
  uuid(): string;
  /** From 0 up to, not including, 1. */
  fraction(): number;
}

export const systemChance: Chance = {
  id: (prefix) => typeidUnboxed(prefix),
  bytes: (count) => randomBytes(count),
  secret: () => randomBytes(32).toString('base64url'),
  uuid: () => randomUUID(),
  fraction: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
};

/** How secrets are kept: they hold 256 random bits, so one round of SHA-256 is enough. */
export const hashSecret = (secret: string): string => hash('sha256', secret, 'hex');

/** Compares two hashes without telling by the time taken where they differ. */
export const sameHash = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
