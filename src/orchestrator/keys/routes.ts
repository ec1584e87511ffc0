import { stringifySetCookie } from 'cookie';
import type { Request, Response } from 'express';
import type { Routes } from '../../contracts/routes.ts';
import { type Authenticator, addressOf } from '../http/authenticate.ts';
import { readCredentials, sessionCookie } from '../http/credentials.ts';
import type { Handlers } from '../http/mount.ts';
import { iso, isoOrNull } from '../platform/iso.ts';
import type { Caller, KeyService } from './service.ts';

type KeyRoutes = Pick<
  Routes,
  | 'listKeys'
  | 'createKey'
  | 'revokeKey'
  | 'createSession'
  | 'createSessionLink'
  | 'openSession'
  | 'getSession'
  | 'endSession'
  | 'createTicket'
>;

export const createKeyHandlers = (keys: KeyService, authenticator: Authenticator): Handlers<KeyRoutes> => ({
  listKeys: ({ query }) => keys.list(query),
  createKey: async ({ body, caller }) => ({ success: true, ...(await keys.create(caller, body)) }),
  revokeKey: async ({ params, caller }) => {
    await keys.revoke(caller, params.id);
    // Whoever remembers keys forgets them before the answer.
    authenticator.forget();
    return { success: true };
  },
  createSession: ({ caller, request }, response) => beginSession(keys, caller, { request, response }),
  createSessionLink: async ({ caller }) => {
    const { secret, expiresAt } = await keys.createPass('link', caller);
    return { path: dashboardLink(secret), expiresAt: iso(expiresAt) };
  },
  openSession: async ({ body, request }, response) => {
    const caller = await authenticator.byPass('link', body.code, addressOf(request));
    return beginSession(keys, caller, { request, response });
  },
  getSession: async ({ caller: { keyId, name, role, expiresAt } }) => ({
    keyId,
    name,
    role,
    expiresAt: isoOrNull(expiresAt),
  }),
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

/** The code stands behind the #: browsers send that part to nobody, and no log keeps it. */
export const dashboardLink = (code: string): string => `/dashboard/#code=${code}`;

async function beginSession(
  keys: KeyService,
  caller: Caller,
  { request, response }: { request: Request; response: Response },
) {
  const { secret, expiresAt } = await keys.createPass('session', caller);
  response.set('Set-Cookie', sessionCookieOf(secret, { expires: new Date(expiresAt), secure: request.secure }));
  return { success: true as const, expiresAt: iso(expiresAt) };
}

const sessionCookieOf = (value: string, options: { expires?: Date; maxAge?: number; secure: boolean }): string =>
  stringifySetCookie({ name: sessionCookie, value, httpOnly: true, sameSite: 'strict', path: '/', ...options });
