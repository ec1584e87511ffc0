import { bigint, customType, text } from 'drizzle-orm/pg-core';

/** A moment, in milliseconds since 1970 in code and as timestamptz in the database. */
export const moment = customType<{ data: number; driverData: string | Date }>({
  dataType: () => 'timestamp(3) with time zone',
  toDriver: (value) => new Date(value).toISOString(),
  fromDriver: (value) => new Date(value).getTime(),
});

/** A TypeID; text, so that it sorts by the time it was made. */
export const id = (name: string) => text(name);

/** A place in the event log: below 2^53, so a number holds it. */
export const seq = (name: string) => bigint(name, { mode: 'number' });

export const createdAt = () => moment('created_at').notNull();
