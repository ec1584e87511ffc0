import type { Routes } from '../../contracts/routes.ts';
import type { Handlers } from '../http/mount.ts';
import type { EventService } from './service.ts';

const millisecondsOf = (moment: string | undefined) => (moment === undefined ? undefined : Date.parse(moment));

export const createEventHandlers = (events: EventService): Handlers<Pick<Routes, 'listEvents'>> => ({
  listEvents: ({ query: { type: types, agent: agentType, from, to, ...query } }) =>
    events.search({ ...query, types, agentType, from: millisecondsOf(from), to: millisecondsOf(to) }),
});
