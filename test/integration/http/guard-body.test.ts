import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { closeGuard, guardedBy, routeNames, rows, takesBody } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.dispose());

const limitBytes = 256 * 1024;
const frame = '{"title":""}';
/** JSON of exactly this many bytes. */
const jsonOf = (bytes: number) => `{"title":"${'x'.repeat(bytes - frame.length)}"}`;

describe('a body', () => {
  test.each(guardedBy('payload_too_large'))('of a byte more than 256 kB is too large for %s', async (name) => {
    await stage.refusal(name, 'payload_too_large', { text: jsonOf(limitBytes + 1) });
  });

  it('of exactly 256 kB is read', async () => {
    await stage.refusal('createTask', 'invalid_request', { text: jsonOf(limitBytes) });
  });

  it('is measured unpacked: a small one that unpacks to more is too large', async () => {
    const text = new Uint8Array(gzipSync(jsonOf(limitBytes * 20)));
    expect(text.byteLength).toBeLessThan(limitBytes);
    await stage.refusal('createTask', 'payload_too_large', { text, headers: { 'content-encoding': 'gzip' } });
  });

  test.each(guardedBy('unsupported_media_type'))('that is not JSON by its type is refused by %s', async (name) => {
    for (const contentType of ['text/plain', 'application/x-www-form-urlencoded', 'application/json-patch+json']) {
      await stage.refusal(name, 'unsupported_media_type', { text: '{}', contentType });
    }
  });

  it.each([
    ['in another charset', { contentType: 'application/json; charset=iso-8859-1' }],
    ['in an unknown encoding', { headers: { 'content-encoding': 'rot13' } }],
  ])('%s is refused, not guessed at', async (_what, how) => {
    const text = '{"title":"t","assignTo":"ceo"}';
    await stage.refusal('createTask', 'unsupported_media_type', { text, ...how });
  });

  const bodied = routeNames.filter((name) => takesBody(rows[name]));

  test.each(bodied)('of malformed JSON is a bad request to %s', async (name) => {
    for (const text of ['{', '{"title":', '{"a":1}}', "{'a':1}", 'undefined', '\u0000']) {
      await stage.refusal(name, 'invalid_request', { text });
    }
  });

  test.each(bodied)('of JSON that is no object is a bad request to %s', async (name) => {
    for (const text of ['[]', '"text"', '5', 'true']) {
      const { errors } = await stage.refusal(name, 'invalid_request', { text });
      expect(errors).toContainEqual(expect.objectContaining({ path: 'body' }));
    }
  });

  it('with keys that nobody knows is told which there are, on whatever level', async () => {
    const { errors } = await stage.refusal('changeSetting', 'invalid_request', {
      params: { category: 'budgets', key: 'team' },
      body: { value: { monthly: { dollars: 5 } } },
    });
    expect(errors).toEqual([
      { path: 'value.monthly', message: 'Unrecognized key: "dollars"; allowed: "usd", "tokens", "calls"' },
    ]);
    const about = await stage.refusal('rejectDomainRequest', 'invalid_request', {
      params: { id: 'dar_1' },
      body: { note: 'no', because: 'no' },
    });
    expect(about.errors).toEqual([
      { path: 'body', message: 'Unrecognized keys: "note", "because"; allowed: "notes", "category"' },
    ]);
  });

  it('that says it is UTF-8 is read as such', async () => {
    const text = '{"title":"Für alle ☃","assignTo":"ceo"}';
    const { task } = await stage.ok('createTask', { text, contentType: 'application/json; charset=UTF-8' });
    expect(task.title).toBe('Für alle ☃');
  });
});

describe('no body', () => {
  const nothingNeeded = routeNames.filter((name) => takesBody(rows[name]) && rows[name].body.safeParse({}).success);

  // fetch() and many clients send Content-Length: 0 with such a POST, and no Content-Type.
  test.each(nothingNeeded)('is enough for %s, which asks for nothing', async (name) => {
    const { outcome } = await stage.ask(name, { text: null });
    expect(outcome).not.toBe('unsupported_media_type');
  });

  test.each(['createTask', 'createKey', 'proposeDecision', 'messageAgent'] as const)(
    'is a bad request to %s, which says what it misses',
    async (name) => {
      const { errors } = await stage.refusal(name, 'invalid_request', { params: { type: 'ceo' }, text: null });
      expect(errors).toContainEqual(expect.objectContaining({ path: expect.stringMatching(/^body\./) }));
    },
  );
});

closeGuard('payload_too_large');
closeGuard('unsupported_media_type');
