import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { type Chance, systemChance } from './identity.ts';

/** Keeps secrets unreadable in the database, for whoever has it without our key. */
export interface Sealer {
  /** `context` says what it is for and is not part of the result: moved to another place, it does not open. */
  seal(text: string, context: string): string;
  /** Throws `SealBroken` when it was sealed with another key, for another context, or changed since. */
  open(sealed: string, context: string): string;
}

export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

const version = 'v1';
const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM. `key` is a secret of at least 32 characters that nobody can guess; its length and spelling are free. */
export function createSealer(key: string, chance: Pick<Chance, 'secret'> = systemChance): Sealer {
  const cipherKey = Buffer.from(hkdfSync('sha256', key, '', 'boardroom sealing', 32));
  return {
    seal(text, context) {
      const nonce = Buffer.from(chance.secret(), 'base64url').subarray(0, nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', cipherKey, nonce, { authTagLength: tagBytes });
      cipher.setAAD(Buffer.from(context));
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${version}.${sealed.toString('base64url')}`;
    },
    open(sealed, context) {
      const [stated, body = ''] = sealed.split('.');
      const bytes = Buffer.from(body, 'base64url');
      if (stated !== version || bytes.length < nonceBytes + tagBytes) throw new SealBroken('This was never sealed');
      const nonce = bytes.subarray(0, nonceBytes);
      const decipher = createDecipheriv('aes-256-gcm', cipherKey, nonce, { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      try {
        return decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        throw new SealBroken('Sealed with another key, for another place, or changed since');
      }
    },
  };
}
