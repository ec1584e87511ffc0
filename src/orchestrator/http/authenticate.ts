import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import type { Store } from 'express-rate-limit';
import { AppError } from '../../contracts/errors.ts';
import { mayActAs } from '../../contracts/key.ts';
import type { Route } from '../../contracts/route.ts';
import type { Caller, KeyService } from '../keys/service.ts';
import type { Clock } from '../platform/clock.ts';
import { hashSecret } from '../platform/identity.ts';
import { readCredentials } from './credentials.ts';
import { limitWindowMs } from './limit-store.ts';
import { callerOf, setCaller } from './mount.ts';

interface Deps {
  readonly keys: KeyService;
  readonly clock: Clock;
  /** Counts failures by address over replicas. */
  readonly failures: Store;
  readonly failuresMax: number;
  /** Somebody came with an agent's token: recorded, as agents have no business here. */
  readonly onAgentToken: (token: string, where: string) => void;
}

/** A key that was good a moment ago is not looked up again for each request. Revocation empties this at once. */
const cacheMs = 5_000;

export type Authenticator = ReturnType<typeof createAuthenticator>;

export function createAuthenticator({ keys, clock, failures, failuresMax, onAgentToken }: Deps) {
  const known = new Map<string, { caller: Caller; until: number }>();
  let revocations = 0;
  /**
   * Addresses that have failed too often, until when. Only what fails again is refused for it: an address is shared, by all
   * programs of this machine or by all behind a proxy, and none of them may lock the others out.
   */
  const blocked = new Map<string, number>();

  async function byKey(secret: string): Promise<Caller | undefined> {
    const hash = hashSecret(secret);
    const now = clock.monotonic();
    const entry = known.get(hash);
    if (entry && entry.until > now && !hasExpired(entry.caller)) return entry.caller;
    known.delete(hash);
    const asked = revocations;
    const caller = await keys.authenticate(secret);
    // A key that was revoked while we asked must not be remembered as good.
    if (caller && asked === revocations) known.set(hash, { caller, until: now + cacheMs });
    return caller;
  }

  const hasExpired = ({ expiresAt }: Caller) => expiresAt !== null && expiresAt <= clock.now();

  /** The caller; undefined when nothing was brought. Throws when what was brought is not good. */
  async function identify(request: IncomingMessage, address: string): Promise<Caller | undefined> {
    const { key, session } = readCredentials(request);
    if (key === undefined && session === undefined) return undefined;
    const caller = key === undefined ? await keys.authenticatePass('session', session ?? '') : await byKey(key);
    if (caller) return caller;
    refuseBlocked(address);
    if (key?.startsWith('bra_')) onAgentToken(key, request.url ?? '');
    await countFailure(address);
    throw new AppError('unauthenticated', 'The credentials are unknown, expired or revoked');
  }

  function refuseBlocked(address: string): void {
    const until = blocked.get(address);
    if (until === undefined) return;
    const leftMs = until - clock.monotonic();
    if (leftMs > 0) throw tooMany(leftMs);
    blocked.delete(address);
  }

  async function countFailure(address: string): Promise<void> {
    const { totalHits } = await failures.increment(address);
    if (totalHits < failuresMax) return;
    for (const [other, until] of blocked) if (until <= clock.monotonic()) blocked.delete(other);
    blocked.set(address, clock.monotonic() + limitWindowMs);
    if (totalHits > failuresMax) throw tooMany(limitWindowMs);
  }

  return {
    identify,
    /** A ticket for the socket, or the code of a link: used up by this. */
    async byPass(kind: 'ticket' | 'link', secret: string, address: string): Promise<Caller> {
      const caller = await keys.authenticatePass(kind, secret);
      if (caller) return caller;
      refuseBlocked(address);
      await countFailure(address);
      throw new AppError('unauthenticated', `The ${kind} is unknown, expired or used`);
    },

    /** Knows who calls. Whether he may is the next question, after he has been counted. */
    know:
      (row: Role): RequestHandler =>
      async (request, response, next) => {
        if (isOpen(row, request)) return next();
        const caller = await identify(request, addressOf(request));
        if (!caller)
          throw new AppError('unauthenticated', 'Send an API key as Authorization: Bearer <key> or x-api-key');
        setCaller(response, caller);
        next();
      },

    allow:
      (row: Role): RequestHandler =>
      (request, response, next) => {
        const needed = row.role === 'local' || row.role === 'public' ? 'viewer' : row.role;
        const caller = callerOf(response);
        if (isOpen(row, request) || mayActAs(caller.role, needed)) return next();
        throw new AppError('not_allowed', `This needs the role ${needed}; the key "${caller.name}" is ${caller.role}`);
      },

    /** A key was revoked somewhere: nobody is let in by memory. */
    forget() {
      revocations += 1;
      known.clear();
    },
  };
}

const tooMany = (leftMs: number) =>
  new AppError('rate_limited', 'Too many failed attempts from this address', {
    retryAfterSeconds: Math.ceil(leftMs / 1_000),
  });

export const addressOf = (request: IncomingMessage): string => request.socket.remoteAddress ?? 'unknown';

/** All that is asked of a row here. */
type Role = Pick<Route, 'role'>;

const isOpen = (row: Role, request: Request): boolean =>
  row.role === 'public' || (row.role === 'local' && isLoopback(request));

const isLoopback = (request: Request): boolean => /^(::1$|127\.|::ffff:127\.)/.test(addressOf(request));
