import type { Writable } from 'node:stream';
import type { AgentCaller } from '../gateway/identity.ts';
import { type Look, resolveTarget } from './addresses.ts';
import type { Connections, OpenConnection } from './connections.ts';
import { type Denial, ruleOn, type Target } from './rules.ts';

/** What the agent wanted, for whoever reads of its refusal. */
export interface Attempt {
  readonly caller: AgentCaller;
  /** `host:port`. */
  readonly authority: string;
  /** What a reader recognises: `https://api.example.com` for a tunnel, the whole URL for plain HTTP. */
  readonly url: string;
}

/** A connection that may be made: to this address, whatever the name says later. */
export interface Passage {
  readonly target: Target;
  readonly address: string;
  readonly entry: string;
  readonly isInternal: boolean;
  readonly connection: OpenConnection;
}

export class Denied extends Error {
  override readonly name = 'Denied';
  readonly denial: Denial;
  readonly host: string;

  constructor(denial: Denial, host: string) {
    super(denial);
    this.denial = denial;
    this.host = host;
  }
}

interface Deps extends Look {
  /** Whitelist entry → category. */
  readonly allowed: () => ReadonlyMap<string, string>;
  readonly connections: Connections;
}

/** Whoever left, or was cut, while we looked is not waited for: its place is free, and nothing goes out in its name. */
export function holdPlace(client: Pick<Writable, 'destroyed' | 'once'>, { connection }: Passage): void {
  client.once('close', connection.close);
  if (!client.destroyed) return;
  connection.close();
  throw new Error('The client has left');
}

export type Admit = (attempt: Attempt, cut: () => void) => Promise<Passage>;

/** Who may go where: from memory, without a query. `cut` ends the connection when that is no longer so. */
export function createAdmission({ allowed, connections, ...look }: Deps): Admit {
  return async ({ caller, authority }, cut) => {
    const ruling = ruleOn(authority, allowed());
    if (!ruling.allowed) throw new Denied(ruling.denial, ruling.host);
    const { target, entry, isInternal } = ruling;
    const opened = connections.open({ caller, entry, cut });
    if (typeof opened === 'string') throw new Denied(opened, target.host);
    try {
      const found = await resolveTarget(look, target.host, isInternal);
      if (found.kind === 'unknown') throw new Denied('unresolvable', target.host);
      if (found.kind === 'private') throw new Denied('private_address', target.host);
      return { target, entry, isInternal, address: found.address, connection: opened };
    } catch (error) {
      opened.close();
      throw error;
    }
  };
}
