import { stringifySetCookie } from 'cookie';
import type { Routes } from '../../contracts/routes.ts';
import { readCredentials, sessionCookie } from '../http/credentials.ts';
import type { Handlers } from '../http/mount.ts';
import { iso } from '../platform/iso.ts';
import type { KeyService } from './service.ts';

type KeyRoutes = Pick<Routes, 'listKeys' | 'createKey' | 'revokeKey' | 'createSession' | 'endSession' | 'createTicket'>;

/** `onRevoked`: whoever remembers keys forgets them before the answer. */
export const createKeyHandlers = (keys: KeyService, onRevoked: () => void): Handlers<KeyRoutes> => ({
  listKeys: ({ query }) => keys.list(query),
  createKey: async ({ body, caller }) => ({ success: true, ...(await keys.create(caller, body)) }),
  revokeKey: async ({ params, caller }) => {
    await keys.revoke(caller, params.id);
    onRevoked();
    return { success: true };
  },
  createSession: async ({ caller, request }, response) => {
    const { secret, expiresAt } = await keys.createPass('session', caller);
    response.set('Set-Cookie', sessionCookieOf(secret, { expires: new Date(expiresAt), secure: request.secure }));
    return { success: true, expiresAt: iso(expiresAt) };
  },
  endSession: async ({ request }, response) => {
    await keys.endSession(readCredentials(request).session ?? '');
    response.set('Set-Cookie', sessionCookieOf('', { maxAge: 0, secure: request.secure }));
    return { success: true };
  },
  createTicket: async ({ caller }) => {
    const { secret, expiresAt } = await keys.createPass('ticket', caller);
    return { ticket: secret, expiresAt: iso(expiresAt) };
  },
});

const sessionCookieOf = (value: string, options: { expires?: Date; maxAge?: number; secure: boolean }): string =>
  stringifySetCookie({ name: sessionCookie, value, httpOnly: true, sameSite: 'strict', path: '/', ...options });
