import type { JsonValue } from '../../contracts/primitives.ts';
import type { Priority } from '../../contracts/task.ts';
import type { InboxMessage } from '../../contracts/tools.ts';
import { readHorizon } from '../events/store.ts';
import type { Actor, Work } from '../events/work.ts';
import { inBatches } from '../platform/batches.ts';
import type { Chance } from '../platform/identity.ts';
import { iso } from '../platform/iso.ts';
import type { Queryable } from '../platform/postgres.ts';
import type { SettingsService } from '../settings/service.ts';
import { delaySetting } from '../tasks/rules.ts';
import { deleteMessages, insertMessage, readMessages } from './store.ts';

export type InboxService = ReturnType<typeof createInboxService>;

export interface NewMessage {
  readonly to: string;
  readonly body: string;
  readonly priority?: Priority;
  /** What it is about, for programs. */
  readonly data?: Record<string, JsonValue>;
}

interface Deps {
  readonly chance: Chance;
  readonly settings: SettingsService;
}

export function createInboxService({ chance, settings }: Deps) {
  return {
    async send(work: Work, from: Actor, message: NewMessage): Promise<string> {
      const id = chance.id('msg');
      const priority = message.priority ?? 'normal';
      // Agents may chat without keeping each other awake: their messages wait as tasks of that priority do.
      const delayMs = from.agentId === null ? 0 : await settings.read(work.tx, delaySetting(priority));
      await insertMessage(work.tx, {
        id,
        toAgent: message.to,
        from: from.name,
        body: message.body,
        priority,
        data: message.data ?? {},
        createdAt: work.now,
        wakeAt: work.now + delayMs,
      });
      work.append(from, 'message_sent', {
        agentType: message.to,
        messageId: id,
        from: from.name,
        message: message.body,
        priority,
      });
      return id;
    },

    /** Removes what an agent has read, up to its cursor, and is from before. */
    forgetOld: (
      db: Queryable,
      { agentType, readTo, before }: { agentType: string; readTo: number; before: number },
      signal: AbortSignal,
    ): Promise<number> => inBatches((limit) => deleteMessages(db, { agentType, readTo, before, limit }), signal),

    /** Oldest first, from behind the cursor up to the horizon: a message that commits late is not passed over. */
    async unread(
      db: Queryable,
      query: { agentType: string; after: number; limit: number },
    ): Promise<{ messages: InboxMessage[]; more: boolean }> {
      const upTo = await readHorizon(db);
      const rows = await readMessages(db, { ...query, upTo, limit: query.limit + 1 });
      return {
        messages: rows.slice(0, query.limit).map(({ toAgent: _toAgent, wakeAt: _wakeAt, createdAt, ...row }) => ({
          ...row,
          createdAt: iso(createdAt),
        })),
        more: rows.length > query.limit,
      };
    },
  };
}
