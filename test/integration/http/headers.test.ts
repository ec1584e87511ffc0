import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.dispose());

/** A success, a public one, a refusal by each guard, no route at all. */
const answers = [
  ['what is asked for', () => stage.send('GET', '/agents')],
  ['what needs no key', () => stage.send('GET', '/health', { key: null })],
  ['Prometheus text', () => stage.send('GET', '/metrics')],
  ['a stranger', () => stage.send('GET', '/agents', { key: null })],
  ['a foreign origin', () => stage.send('GET', '/agents', { headers: { origin: 'https://evil.example' } })],
  ['a bad request', () => stage.send('POST', '/tasks', { text: '{' })],
  ['an unknown route', () => stage.send('GET', '/nowhere')],
] as const;

describe('every answer', () => {
  it.each(answers)('carries the headers that keep browsers careful: to %s', async (_what, ask) => {
    const { headers } = await ask();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('strict-transport-security')).toMatch(/max-age=\d+/);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('server')).toBeNull();
  });

  it.each(answers)('carries the request id: to %s', async (_what, ask) => {
    expect((await ask()).headers.get('x-request-id')).toMatch(/^[\w.-]{8,80}$/);
  });
});

describe('X-Request-Id', () => {
  const idOf = async (headers: Record<string, string>) =>
    (await stage.send('GET', '/health', { headers })).headers.get('x-request-id');

  it('is the one that the caller gave', async () => {
    const given = 'req-1.of_my-own';
    expect(await idOf({ 'x-request-id': given })).toBe(given);
    const refused = await stage.send('GET', '/agents', { key: null, headers: { 'x-request-id': given } });
    expect(refused.headers.get('x-request-id')).toBe(given);
  });

  it('differs from request to request when nobody gave one', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => idOf({})));
    expect(new Set(ids).size).toBe(20);
  });

  it.each([
    ['too long', 'x'.repeat(81)],
    ['with a space', 'a b'],
    ['with markup', '<script>'],
    ['empty', ''],
  ])('is ours in place of one that is %s', async (_what, given) => {
    const id = await idOf({ 'x-request-id': given });
    expect(id).not.toBe(given);
    expect(id).toMatch(/^[\w.-]{8,80}$/);
  });
});
