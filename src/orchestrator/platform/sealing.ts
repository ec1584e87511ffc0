import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { Chance } from './identity.ts';

/** Keeps texts at rest so that only who has the key can read them, and nobody can put one in another's place. */
export interface Sealer {
  /** The same text sealed twice gives two different seals. `context` is what it is for, and is not part of the seal. */
  seal(text: string, context: string): string;
  /** Undefined when it was sealed under another key, for something else, or is none of ours. */
  open(sealed: string, context: string): string | undefined;
}

/** What stands sealed cannot be opened: another key, another place, or changed since. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

const prefix = 'sealed.v1.';
const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM (NIST SP 800-38D) under a key derived from `secret`, which should hold 256 random bits. */
export function createSealer(secret: string, chance: Pick<Chance, 'bytes'>): Sealer {
  const key = Buffer.from(hkdfSync('sha256', secret, 'boardroom', 'sealing', 32));

  return {
    seal(text, context) {
      const nonce = chance.bytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return prefix + sealed.toString('base64url');
    },
    open(sealed, context) {
      if (!sealed.startsWith(prefix)) return undefined;
      const bytes = Buffer.from(sealed.slice(prefix.length), 'base64url');
      if (bytes.length < nonceBytes + tagBytes) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes));
      decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-tagBytes));
      try {
        const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}
