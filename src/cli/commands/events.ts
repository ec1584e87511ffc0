import { Option } from '@commander-js/extra-typings';
import { type BoardroomEvent, type EventType, eventTypes } from '../../contracts/event.ts';
import { limitOption, whole } from '../arguments.ts';
import { followEvents } from '../follow/events.ts';
import type { Session } from '../session.ts';
import { eventLine } from '../text/event-line.ts';
import type { Register } from './register.ts';

interface Wish {
  readonly type?: EventType;
  readonly since?: number;
  readonly limit: number;
}

/** `events`: the log, and with `-f` what comes. */
export const addEventCommand: Register = (program, open) => {
  program
    .command('events')
    .description('what happened, oldest first')
    .option('-f, --follow', 'and what happens: without a gap or a repeat, whatever becomes of the connection')
    .option('--since <seq>', 'after this place in the log', whole(0, Number.MAX_SAFE_INTEGER))
    .addOption(new Option('-t, --type <type>', 'of this kind only').choices(eventTypes))
    .addOption(limitOption(20))
    .action(async ({ follow, ...wish }) => {
      const session = await open();
      await (follow ? showAndFollow(session, wish) : showPage(session, wish));
    });
};

async function showPage({ client, screen }: Session, wish: Wish): Promise<void> {
  const events = await read(client, wish);
  screen.show({ events }, (safe, format) => safe.events.map((event) => eventLine(event, format)).join('\n'));
}

async function showAndFollow(session: Session, { type, since, limit }: Wish): Promise<void> {
  const { client, screen } = session;
  const onEvent = (event: BoardroomEvent) => screen.follow(event, eventLine);
  // First of all where the log ends: it also tells at once whether anybody is there.
  const { events: newest } = await client.call('listEvents', { query: { limit: 1 } });
  const before = since === undefined ? await read(client, { ...(type && { type }), limit }) : [];
  before.forEach(onEvent);
  const end = Math.max(newest[0]?.seq ?? 0, before.at(-1)?.seq ?? 0);
  await followEvents(session, { since: since ?? end, type, onEvent });
}

async function read(client: Session['client'], { type, since, limit }: Wish): Promise<BoardroomEvent[]> {
  const { events } = await client.call('listEvents', { query: { limit, type, after: since } });
  return events.toSorted((one, other) => one.seq - other.seq);
}
