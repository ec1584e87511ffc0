import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { problemIn } from '../support/http-problem.ts';
import { knock } from '../support/http-socket.ts';
import { openStage, type Stage } from '../support/http-stage.ts';

// All programs of a machine share its loopback, all users of a proxy its address. One that guesses must not lock the others out.

const guessesMax = 5;
let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ FAILED_AUTH_PER_MINUTE: String(guessesMax) });
});
afterAll(() => stage.dispose());

let guesses = 0;
const guess = () => {
  guesses += 1;
  return stage.ask('listAgents', { key: `brk_guess-${guesses}` });
};
/** From here on the address has failed too often. */
async function exhaust(): Promise<void> {
  await eventually(async () => ((await guess()).outcome === 'rate_limited' ? true : undefined));
}
const newKey = async () => (await stage.ok('createKey', { body: { name: `late ${guesses}`, role: 'viewer' } })).secret;
const newCookie = async () => (await stage.ask('createSession')).headers.getSetCookie()[0]?.split(';')[0] ?? '';

it('a guess is answered with 429 once there were too many from its address, by every way in', async () => {
  await exhaust();
  await stage.refusal('listAgents', 'rate_limited', { key: 'brk_another' });
  await stage.refusal('listAgents', 'rate_limited', { key: null, headers: { cookie: 'boardroom_session=guess' } });
  expect(problemIn(await knock(stage.url, '/ws?ticket=guess')).code).toBe('rate_limited');
});

it('a good key, session or ticket is let in all the same, also one that nobody has used before', async () => {
  await exhaust();
  const [key, cookie] = [await newKey(), await newCookie()];
  await stage.ok('listAgents', { key });
  await stage.ok('listAgents', { key: null, headers: { cookie } });
  const { ticket } = await stage.ok('createTicket');
  expect((await knock(stage.url, `/ws?ticket=${ticket}`)).status).toBe(101);
  expect((await knock(stage.url, '/ws', { cookie })).status).toBe(101);
});

it('a good key is let in while hundreds of guesses arrive at once, each of which is refused', async () => {
  await exhaust();
  const key = await newKey();
  const flood = Promise.all(Array.from({ length: 300 }, guess));
  const good = await Promise.all(Array.from({ length: 20 }, () => stage.ask('listAgents', { key })));
  expect(new Set(good.map(({ outcome }) => outcome))).toEqual(new Set([200]));
  expect(new Set((await flood).map(({ outcome }) => outcome))).toEqual(new Set(['rate_limited']));
});

it('a key that was good is as bad as any other once it is revoked', async () => {
  const { key, secret } = await stage.ok('createKey', { body: { name: 'to be revoked', role: 'viewer' } });
  await exhaust();
  await stage.ok('listAgents', { key: secret });
  await stage.ok('revokeKey', { params: { id: key.id } });
  await stage.refusal('listAgents', 'rate_limited', { key: secret });
});
