import { z } from 'zod';
import { keyNameSchema, keySchema, roleSchema } from '../key.ts';
import { filledText, idOf, timestamp } from '../primitives.ts';
import { route } from '../route.ts';

import { page, pageOf, succeeded } from './common.ts';

/** Dates that every part of the system can hold. */
const moment = timestamp.pipe(
  z.string().refine((time) => /^(19[7-9]|[2-9]\d)\d/.test(time) && Date.parse(time) > 0, 'must be a moment after 1970'),
);

/** Routes: keys, sessions and tickets. */
export const keysRoutes = {
  listKeys: route({
    method: 'get',
    path: '/keys',
    summary: 'API keys, without their secrets',
    role: 'admin',
    query: z.strictObject(page),
    response: pageOf({ keys: z.array(keySchema) }),
  }),
  createKey: route({
    method: 'post',
    path: '/keys',
    summary: 'Make a key; its secret is shown this once',
    role: 'admin',
    body: z.strictObject({ name: keyNameSchema, role: roleSchema, expiresAt: moment.optional() }),
    status: 201,
    response: z.object({ ...succeeded, key: keySchema, secret: z.string() }),
    errors: ['key_name_taken'],
  }),
  revokeKey: route({
    method: 'delete',
    path: '/keys/:id',
    summary: 'Revoke a key, its sessions and tickets',
    role: 'admin',
    params: z.strictObject({ id: idOf('key') }),
    response: z.object(succeeded),
    errors: ['key_not_found', 'last_admin_key'],
  }),
  createSession: route({
    method: 'post',
    path: '/sessions',
    summary: 'Trade a key for an httpOnly session cookie, for browsers',
    role: 'viewer',
    status: 201,
    response: z.object({ ...succeeded, expiresAt: timestamp }),
  }),
  createSessionLink: route({
    method: 'post',
    path: '/sessions/links',
    summary: 'A single-use link that opens the dashboard in a browser, within a quarter of an hour',
    role: 'viewer',
    status: 201,
    response: z.object({ path: z.string(), expiresAt: timestamp }),
  }),
  openSession: route({
    method: 'post',
    path: '/sessions/open',
    summary: 'Trade the code of such a link for an httpOnly session cookie',
    role: 'public',
    body: z.strictObject({ code: filledText(200) }),
    status: 201,
    response: z.object({ ...succeeded, expiresAt: timestamp }),
    errors: ['unauthenticated', 'rate_limited', 'dependency_unavailable'],
  }),
  getSession: route({
    method: 'get',
    path: '/sessions/current',
    summary: 'Who calls: the key and what it may do',
    role: 'viewer',
    response: z.object({ keyId: idOf('key'), name: z.string(), role: roleSchema, expiresAt: timestamp.nullable() }),
  }),
  endSession: route({
    method: 'delete',
    path: '/sessions',
    summary: 'End the session of the cookie',
    role: 'viewer',
    response: z.object(succeeded),
  }),
  createTicket: route({
    method: 'post',
    path: '/ws-tickets',
    summary: 'A single-use ticket for opening /ws?ticket=… within half a minute',
    role: 'viewer',
    status: 201,
    response: z.object({ ticket: z.string(), expiresAt: timestamp }),
  }),
} as const;
