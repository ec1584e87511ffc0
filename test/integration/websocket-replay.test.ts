import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Frame, frameSchema } from '../../src/contracts/frame.ts';
import { adminKey, startBoardroom, type TestBoardroom } from '../support/boardroom.ts';
import { eventually } from '../support/eventually.ts';

const dashboard = 'https://dashboard.example';
let boardroom: TestBoardroom;
let database: pg.Client;
const sockets: WebSocket[] = [];

beforeAll(async () => {
  boardroom = await startBoardroom({ CORS_ORIGINS: dashboard });
  database = new pg.Client(boardroom.databaseUrl);
  await database.connect();
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate();
});
afterAll(async () => {
  await database.end();
  await boardroom.dispose();
});

interface Door {
  readonly path?: string;
  readonly headers?: Record<string, string>;
}

function connect({ path = '/ws', headers = {} }: Door) {
  const socket = new WebSocket(boardroom.url.replace('http', 'ws') + path, { headers });
  sockets.push(socket);
  const frames: Frame[] = [];
  socket.on('message', (data) => frames.push(frameSchema.parse(JSON.parse(String(data)))));
  return {
    socket,
    frames,
    closed: new Promise<number>((resolve) => socket.on('close', resolve)),
    /** The places in the log of the events it got, as they came. */
    seqs: () => frames.flatMap(({ type, seq }) => (type === 'event' && seq !== undefined ? [seq] : [])),
    say: (frame: object | string) =>
      socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame)),
  };
}
type Client = ReturnType<typeof connect>;

/** The client once it is in, or the status it was refused with. */
function knock(door: Door): Promise<Client | number> {
  const client = connect(door);
  return new Promise((resolve, reject) => {
    client.socket.on('open', () => resolve(client));
    client.socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    client.socket.on('error', reject);
  });
}

async function enter(): Promise<Client> {
  const client = await knock({ headers: { 'x-api-key': adminKey } });
  return typeof client === 'number' ? expect.fail(`refused with ${client}`) : client;
}

/** So many events, by twenty writers at once. */
async function write(count: number): Promise<void> {
  const body = { title: 'A task', assignTo: 'cmo', priority: 'low' };
  const writers = Array.from({ length: 20 }, async (_, writer) => {
    for (let index = writer; index < count; index += 20)
      expect(await boardroom.call('POST', '/tasks', { body })).toMatchObject({ status: 201 });
  });
  await Promise.all(writers);
}

/** The log behind this place, as the API shows it. */
async function logAfter(place: number): Promise<number[]> {
  const seqs: number[] = [];
  for (let last = place; ; last = seqs.at(-1) ?? last) {
    const { body } = await boardroom.call('GET', `/events?after=${last}&limit=200`);
    const page: { seq: number }[] = body.events;
    if (page.length === 0) return seqs;
    seqs.push(...page.map(({ seq }) => seq));
  }
}

const logEnd = async () => (await logAfter(0)).at(-1) ?? 0;
const reaches = (client: Client, count: number) =>
  eventually(() => client.seqs().length >= count || undefined, { what: `event ${count}`, withinMs: 20_000 });

/** The log's end, once newcomers are greeted with it: nothing of before is on its way any more. */
const quietEnd = () =>
  eventually(async () => {
    const [end, { frames }] = [await logEnd(), await enter()];
    const hello = await eventually(() => frames[0]);
    return hello.type === 'hello' && hello.payload.seq === end ? end : undefined;
  });

describe('a client', () => {
  it('is greeted first, and once; if it asks for nothing it gets what happens from then on', async () => {
    const place = await quietEnd();
    const client = await enter();
    await write(20);
    await reaches(client, 20);
    const [hello, ...rest] = client.frames;
    expect(hello).toMatchObject({ type: 'hello', payload: { seq: place, replica: expect.any(String) } });
    expect(rest.filter(({ type }) => type !== 'event')).toEqual([]);
    expect(client.seqs()).toEqual(await logAfter(place));
  });

  it('gets every event once and in order from its place on, while writers go on', async () => {
    await write(250);
    const writing = write(150);
    const client = await enter();
    client.say({ type: 'subscribe', since: 0 });
    await writing;
    const log = await logAfter(0);
    await reaches(client, log.length);
    expect(client.seqs()).toEqual(log);
  });

  it('that leaves without a word and returns with its last place misses nothing and sees nothing twice', async () => {
    const place = await logEnd();
    const writing = write(300);
    const seen: number[] = [];
    while (seen.length < 300) {
      const client = await enter();
      client.say({ type: 'subscribe', since: seen.at(-1) ?? place });
      await reaches(client, Math.min(30, 300 - seen.length));
      client.socket.terminate();
      seen.push(...client.seqs());
    }
    await writing;
    expect(seen).toEqual(await logAfter(place));
  });

  it('may change its place whenever it likes', async () => {
    await write(5);
    const log = await logAfter(0);
    const [third = 0] = log.slice(-3);
    const client = await enter();
    client.say({ type: 'subscribe', since: third });
    await reaches(client, 2);
    client.say({ type: 'subscribe', since: third });
    await reaches(client, 4);
    expect(client.seqs()).toEqual([...log.slice(-2), ...log.slice(-2)]);
  });

  it('does not depend on another: each has its own place and its own wishes', async () => {
    const place = await quietEnd();
    const [one, two] = [await enter(), await enter()];
    one.say({ type: 'subscribe', since: 0 });
    two.say({ type: 'subscribe', topics: ['decision_proposed'] });
    await write(10);
    const proposal = { title: 'Buy a newspaper', decisionType: 'major' };
    expect((await boardroom.call('POST', '/decisions', { body: proposal })).status).toBe(201);
    const log = await logAfter(0);
    await reaches(one, log.length);
    await reaches(two, 1);
    expect(one.seqs()).toEqual(log);
    expect(two.seqs()).toEqual(log.filter((seq) => seq > place).slice(-1));
  });
});

describe('a client with topics', () => {
  it.each([
    [['event'], ['decision_proposed', 'decision_voted', 'escalation_created']],
    [['decision_proposed'], ['decision_proposed', 'escalation_created']],
    [['decision_vote'], ['decision_vote', 'escalation_created']],
    [
      ['event', 'decision_vote'],
      ['decision_proposed', 'decision_voted', 'decision_vote', 'escalation_created'],
    ],
    [[], ['escalation_created']],
  ])('%j and the last event gets those frames and no others', async (topics, expected) => {
    const place = await logEnd();
    const { body } = await boardroom.call('POST', '/decisions', { body: { title: 'Buy a newspaper' } });
    await boardroom.call('POST', `/decisions/${body.id}/vote`, { body: { voterType: 'ceo', vote: 'approve' } });
    await boardroom.call('POST', `/decisions/${body.id}/escalate`, { body: { reason: 'enough' } });
    const client = await enter();
    client.say({ type: 'subscribe', topics: [...topics, 'escalation_created'], since: place });
    const names = () => client.frames.map((frame) => (frame.type === 'event' ? frame.payload.eventType : frame.type));
    await eventually(() => names().at(-1) === 'escalation_created' || undefined, { what: 'the last frame' });
    expect(names()).toEqual(['hello', ...expected]);
  });
});

/** So many events of so many characters, committed at once. */
const flood = (count: number, characters: number) =>
  database.query(`insert into events (event_type, payload, created_at)
    select 'alert_raised', jsonb_build_object('message', repeat('x', ${characters})), now()
    from generate_series(1, ${count}); notify boardroom_events`);

describe('much news', () => {
  it('comes through to a client that reads, however much of it there is at once', async () => {
    const place = await quietEnd();
    const client = await enter();
    await write(1);
    await reaches(client, 1);
    // As when a hundred and fifty tasks are completed with long results while the relay was away.
    await flood(150, 20_000);
    await reaches(client, 151);
    expect(client.seqs()).toEqual(await logAfter(place));
  });

  it('makes a client that does not read be cut with 1013; nobody else waits, and it can return for the rest', async () => {
    const place = await quietEnd();
    const [slow, quick] = [await enter(), await enter()];
    await write(1);
    await Promise.all([reaches(slow, 1), reaches(quick, 1)]);
    slow.socket.pause();
    // Forty megabytes: more than the system's own buffers hold.
    for (let count = 6; count <= 401; count += 5) {
      await flood(5, 100_000);
      await reaches(quick, count);
    }
    slow.socket.resume();
    expect(await slow.closed).toBe(1013);

    const [log, had] = [await logAfter(place), slow.seqs()];
    expect(had).toEqual(log.slice(0, had.length));
    expect(had.length).toBeLessThan(log.length);
    const again = await enter();
    again.say({ type: 'subscribe', since: had.at(-1) ?? place });
    await reaches(again, log.length - had.length);
    expect([...had, ...again.seqs()]).toEqual(log);
  });
});

describe('what a client says', () => {
  it.each<[string, object | string, number]>([
    ['no JSON', '{"type":"subscribe"', 1008],
    ['a binary frame', Buffer.from('{"type":"subscribe"}'), 1008],
    ['another type of frame', { type: 'publish' }, 1008],
    ['an unknown topic', { type: 'subscribe', topics: ['gossip'] }, 1008],
    ['a place before the first', { type: 'subscribe', since: -1 }, 1008],
    ['a place that is no number', { type: 'subscribe', since: '0' }, 1008],
    ['a field that does not exist', { type: 'subscribe', until: 5 }, 1008],
    ['more than a wish can need', { type: 'subscribe', topics: ['x'.repeat(17 * 1_024)] }, 1009],
  ])('%s, closes its connection and no other', async (_what, frame, code) => {
    const [rude, polite] = [await enter(), await enter()];
    rude.say(frame);
    expect(await rude.closed).toBe(code);
    await write(1);
    await reaches(polite, 1);
  });
});

describe('the door', () => {
  const withKey = (key: string, origin?: string): Door => ({
    headers: { 'x-api-key': key, ...(origin && { origin }) },
  });
  const withTicket = (ticket: string): Door => ({ path: `/ws?ticket=${ticket}` });
  const withCookie = (session: string): Door => ({ headers: { cookie: `boardroom_session=${session}` } });
  const statusOf = async (door: Door) => {
    const client = await knock(door);
    return typeof client === 'number' ? client : 101;
  };
  const ticket = async (): Promise<string> => (await boardroom.call('POST', '/ws-tickets')).body.ticket;
  async function session(): Promise<string> {
    const { headers } = await boardroom.call('POST', '/sessions');
    return /boardroom_session=([^;]+)/.exec(headers.get('set-cookie') ?? '')?.[1] ?? '';
  }
  async function viewerKey(): Promise<string> {
    const name = `viewer ${randomBytes(4).toString('hex')}`;
    return (await boardroom.call('POST', '/keys', { body: { name, role: 'viewer' } })).body.secret;
  }

  it.each<[string, number, () => Promise<Door>]>([
    ['a key', 101, async () => withKey(adminKey)],
    ['the key of a viewer', 101, async () => withKey(await viewerKey())],
    ['a ticket', 101, async () => withTicket(await ticket())],
    ['a session cookie', 101, async () => withCookie(await session())],
    ['a page of its own origin', 101, async () => withKey(adminKey, boardroom.url)],
    ['a page of a listed origin', 101, async () => withKey(adminKey, dashboard)],
    ['nothing', 401, async () => ({})],
    ['a wrong key', 401, async () => withKey('brk_wrong')],
    ['an agent’s token', 401, async () => withKey('bra_token')],
    ['a wrong ticket', 401, async () => withTicket('wrong')],
    ['a session as a ticket', 401, async () => withTicket(await session())],
    ['a ticket as a session', 401, async () => withCookie(await ticket())],
    ['a page of a foreign origin', 403, async () => withKey(adminKey, 'https://evil.example')],
    ['a page of no origin', 403, async () => withKey(adminKey, 'null')],
    ['another path', 404, async () => ({ ...withKey(adminKey), path: '/socket' })],
    ['a path that is no address', 404, async () => ({ ...withKey(adminKey), path: '//' })],
  ])('answers %s with %i, before anything is upgraded', async (_who, status, door) => {
    expect(await statusOf(await door())).toBe(status);
  });

  it('opens once to one ticket, even to many who bring it at once', async () => {
    const door = withTicket(await ticket());
    const statuses = await Promise.all(Array.from({ length: 10 }, () => statusOf(door)));
    expect(statuses.filter((status) => status === 101)).toHaveLength(1);
    expect(await statusOf(door)).toBe(401);
  });

  it('stays closed to a ticket and to a session that have expired', async () => {
    const doors = [withTicket(await ticket()), withCookie(await session())];
    await database.query("update key_passes set expires_at = now() - interval '1 millisecond'");
    for (const door of doors) expect(await statusOf(door)).toBe(401);
  });
});
