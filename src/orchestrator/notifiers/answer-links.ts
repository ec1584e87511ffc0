import { createHmac, hkdfSync } from 'node:crypto';
import { sameHash } from '../platform/identity.ts';
import type { NotificationRow } from './store.ts';

/**
 * Links by which whoever reads a notification can answer. The token is the notification's id and a seal over it: nothing of it is
 * stored, what we did not make is refused without a look at the database, and each attempt to send makes the same one.
 */
export interface AnswerLinks {
  /** Undefined for what cannot be answered by a link, and where nobody said under which URL we are reached. */
  linkFor(row: Pick<NotificationRow, 'id' | 'subject'>): string | undefined;
  /** The id of the notification that the token came with; undefined when we did not make it. */
  idIn(token: string): string | undefined;
}

const spelling = /^(ntf_[a-z0-9]{1,40})\.([\w-]{43})$/;

/** `key`: a secret of at least 32 characters; another one ends every link. */
export function createAnswerLinks(key: string, publicUrl: string | undefined): AnswerLinks {
  const sealKey = Buffer.from(hkdfSync('sha256', key, '', 'boardroom answers', 32));
  const sealOf = (id: string) => createHmac('sha256', sealKey).update(id).digest('base64url');
  return {
    linkFor: ({ id, subject }) =>
      publicUrl === undefined || subject.type !== 'escalation' ? undefined : `${publicUrl}/answers/${id}.${sealOf(id)}`,
    idIn(token) {
      const [, id, seal] = spelling.exec(token) ?? [];
      return id !== undefined && seal !== undefined && sameHash(seal, sealOf(id)) ? id : undefined;
    },
  };
}
