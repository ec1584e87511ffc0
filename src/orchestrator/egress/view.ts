import type { BoardroomEvent } from '../../contracts/event.ts';

/** The whitelist in memory: read once, then it follows the log. The proxy asks it for each connection, and no database. */
export interface WhitelistView {
  /** Entry → category. */
  allowed(): ReadonlyMap<string, string>;
  follow(event: BoardroomEvent): void;
}

interface Deps {
  readonly entries: ReadonlyMap<string, string>;
  readonly onRemoved: (entry: string) => void;
}

export function createWhitelistView({ entries, onRemoved }: Deps): WhitelistView {
  const current = new Map(entries);

  function remove(entry: string): void {
    current.delete(entry);
    onRemoved(entry);
  }

  return {
    allowed: () => current,
    follow({ eventType, payload }) {
      const { domain, category } = payload;
      if (typeof domain !== 'string') return;
      if (eventType === 'domain_removed') remove(domain);
      if (eventType !== 'domain_approved' || typeof category !== 'string') return;
      // No longer internal: what is open inside the house was let through for another reason.
      if (current.has(domain) && current.get(domain) !== category) onRemoved(domain);
      current.set(domain, category);
    },
  };
}
