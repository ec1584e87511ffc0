import type { IncomingMessage } from 'node:http';
import { parse } from 'cookie';

export const sessionCookie = 'boardroom_session';

/** What a request brings to say who it is. */
export interface Credentials {
  readonly key: string | undefined;
  readonly session: string | undefined;
}

/** `Authorization: Bearer <key>` or `x-api-key: <key>`, else the dashboard's cookie. */
export function readCredentials({ headers }: IncomingMessage): Credentials {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const apiKey = headers['x-api-key'];
  return {
    key: bearer ?? (typeof apiKey === 'string' && apiKey !== '' ? apiKey : undefined),
    session: parse(headers.cookie ?? '')[sessionCookie],
  };
}
