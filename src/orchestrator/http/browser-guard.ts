import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { AppError } from '../../contracts/errors.ts';

/** What an operator's browser can be made to send, and must not be heard: throws, before anybody asks who is calling. */
export type BrowserGuard = (request: IncomingMessage) => void;

interface Allowed {
  /** Names we answer to besides addresses and localhost. */
  readonly hosts: readonly string[];
  /** Origins other than our own whose pages may call. */
  readonly origins: readonly string[];
}

export function createBrowserGuard({ hosts, origins }: Allowed): BrowserGuard {
  const names = new Set(['localhost', ...hosts]);
  return (request) => {
    const { host, origin } = request.headers;
    if (host === undefined) throw new AppError('invalid_request', 'Name the host that you call');
    // First the name: whether an origin is our own is told by it.
    if (!isOurs(host, names)) {
      throw new AppError(
        'misdirected_request',
        `"${host}" is no name of this API: call it by an address or as localhost, or list the name in ALLOWED_HOSTS`,
      );
    }
    if (isForeign(request, origins)) {
      throw new AppError(
        'foreign_origin',
        `Pages of ${origin ?? 'another site'} may not call this API; CORS_ORIGINS lists who may`,
      );
    }
  };
}

/**
 * A page whose name is pointed at us after it was loaded (DNS rebinding) is of our origin to its browser, and betrays
 * itself by the name alone. Addresses and localhost cannot be pointed elsewhere. The port tells nothing: a tunnel or a
 * published port has another than the one we listen on.
 */
function isOurs(host: string, names: ReadonlySet<string>): boolean {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  return plain !== undefined && (isIP(plain) === 4 || names.has(plain.toLowerCase().replace(/\.$/, '')));
}

/** Programs send neither header; a browser's page cannot leave them out. */
function isForeign({ headers, method }: IncomingMessage, origins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin !== undefined)
    return !origins.includes(origin) && origin !== `http://${host}` && origin !== `https://${host}`;
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  // Another site may link to us. What it loads by itself, a frame or an image or a script, is refused.
  const isLink = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return !(isLink && method === 'GET');
}
