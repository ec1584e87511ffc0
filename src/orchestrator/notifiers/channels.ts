import { AppError } from '../../contracts/errors.ts';
import {
  type Channel,
  type ChannelTarget,
  channelTargetSchema,
  type NewChannel,
} from '../../contracts/notification.ts';
import type { Actor, UnitOfWork } from '../events/work.ts';
import type { Chance } from '../platform/identity.ts';
import { iso } from '../platform/iso.ts';
import type { Postgres, Queryable } from '../platform/postgres.ts';
import { SealBroken, type Sealer } from '../platform/sealing.ts';
import {
  allChannels,
  type ChannelRow,
  deleteChannel,
  findChannel,
  listChannels,
  upsertChannel,
} from './channel-store.ts';
import { destinationOf, objectionTo } from './rules.ts';
import { failPendingOf } from './store.ts';

export type ChannelService = ReturnType<typeof createChannelService>;

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly chance: Chance;
  readonly sealer: Sealer;
}

/** A channel as a sender needs it. */
export interface OpenChannel extends ChannelRow {
  readonly target: ChannelTarget;
}

/** Each notice goes to every channel that wants it, in one statement. */
const channelsMax = 50;

/** Where operators want to be told. */
export function createChannelService({ postgres: { db }, unitOfWork, chance, sealer }: Deps) {
  const placeOf = (name: string) => `notification channel ${name}`;

  return {
    add: (actor: Actor, given: NewChannel): Promise<{ channel: Channel; secret: string | undefined }> =>
      unitOfWork(async (work) => {
        const { name, target, ...wishes } = given;
        const objection = objectionTo(target, given.allowPrivate);
        if (objection !== undefined) {
          const issues = [{ path: 'body.target', message: objection }];
          throw new AppError('invalid_request', `body.target: ${objection}`, { issues });
        }
        const others = (await allChannels(work.tx)).filter((row) => row.name !== name);
        if (others.length >= channelsMax)
          throw new AppError('invalid_request', `There are ${channelsMax} channels already; no more are kept`);
        const made = target.kind === 'webhook' && target.secret === undefined ? `whs_${chance.secret()}` : undefined;
        const complete = made === undefined ? target : { ...target, secret: made };
        const row = await upsertChannel(work.tx, {
          ...wishes,
          name,
          kind: target.kind,
          destination: destinationOf(target),
          sealed: sealer.seal(JSON.stringify(complete), placeOf(name)),
          createdAt: work.now,
          changedAt: work.now,
        });
        work.append(actor, 'channel_changed', { channel: name, kind: target.kind, enabled: given.enabled });
        return { channel: toChannel(row), secret: made };
      }),

    remove: (actor: Actor, name: string): Promise<void> =>
      unitOfWork(async (work) => {
        if (!(await deleteChannel(work.tx, name))) throw noSuchChannel(name);
        await failPendingOf(work.tx, name, 'the channel was removed');
        work.append(actor, 'channel_removed', { channel: name });
      }),

    async list(query: { limit: number; offset: number }) {
      const { rows, total } = await listChannels(db, query);
      return { channels: rows.map(toChannel), total, ...query };
    },

    all: allChannels,

    find: async (queryable: Queryable, name: string): Promise<ChannelRow> => {
      const row = await findChannel(queryable, name);
      if (!row) throw noSuchChannel(name);
      return row;
    },

    /** Undefined when there is none of this name; throws `SealBroken` when our key is not the one it was sealed with. */
    async open(name: string): Promise<OpenChannel | undefined> {
      const row = await findChannel(db, name);
      if (!row) return undefined;
      const opened = sealer.open(row.sealed, placeOf(name));
      if (opened === undefined) throw new SealBroken(`The channel ${name} was sealed under another key`);
      const target = channelTargetSchema.parse(JSON.parse(opened));
      return { ...row, target };
    },
  };
}

const noSuchChannel = (name: string) => new AppError('channel_not_found', `There is no channel ${name}`);

const toChannel = ({ sealed: _sealed, ...row }: ChannelRow): Channel => ({
  ...row,
  createdAt: iso(row.createdAt),
  changedAt: iso(row.changedAt),
});
