import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { closeGuard, guardedBy, noteSeen, rows } from '../../support/http-coverage.ts';
import { problemIn } from '../../support/http-problem.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';
import { sendRaw, type WireAnswer } from '../../support/wire.ts';

const named = 'board.example';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ ALLOWED_HOSTS: `${named}, Second.example` });
});
afterAll(() => stage.dispose());

/** As bytes: a client of a library corrects what it is given. */
async function callAs(host: string | undefined, request = 'GET /health', headers = ''): Promise<WireAnswer> {
  const line = host === undefined ? '' : `Host: ${host}\r\n`;
  return sendRaw(stage.url, `${request} HTTP/1.1\r\n${line}${headers}\r\n`);
}

describe('a page whose name was pointed at us', () => {
  const port = 8080;

  test.each(guardedBy('misdirected_request'))('gets nothing from %s, even with an admin key', async (name) => {
    const { method, path } = rows[name];
    const request = `${method.toUpperCase()} ${path.replaceAll(/:\w+/g, 'ceo')}`;
    const headers = `X-Api-Key: ${stage.keys.admin}\r\nContent-Length: 0\r\n`;
    expect(problemIn(await callAs(`evil.example:${port}`, request, headers)).code).toBe('misdirected_request');
    noteSeen(name, 'misdirected_request');
  });

  it('is told the name it called, and which variable would let it in', async () => {
    const { detail } = problemIn(await callAs(`evil.example:${port}`));
    expect(detail).toContain(`evil.example:${port}`);
    expect(detail).toContain('ALLOWED_HOSTS');
  });

  it.each([
    ['that is its own origin', `Origin: http://evil.example:${port}\r\nSec-Fetch-Site: same-origin\r\n`],
    ['that says which host a proxy was asked for', 'X-Forwarded-Host: 127.0.0.1\r\nForwarded: host=127.0.0.1\r\n'],
  ])('gets no further with headers %s', async (_what, headers) => {
    expect(problemIn(await callAs(`evil.example:${port}`, 'GET /metrics', headers)).code).toBe('misdirected_request');
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil-localhost',
    '127.1.evil.example:80',
    `${named}.evil.example`,
    `evil.${named}`,
    '[::1].evil.example',
    '[evil.example]',
    '127.0.0.1:8080:evil',
    '127.0.0.1@evil.example',
    'user@127.0.0.1',
    '2130706433',
    '0x7f.0.0.1',
    '',
  ])('is not let in as "%s"', async (host) => {
    expect(problemIn(await callAs(host)).code).toBe('misdirected_request');
  });

  it('is refused a request that names no host at all, which no browser sends', async () => {
    expect(problemIn(await callAs(undefined)).code).toBe('invalid_request');
  });

  it('is refused what is no route as well', async () => {
    expect(problemIn(await callAs('evil.example', 'GET /nowhere')).code).toBe('misdirected_request');
    expect(problemIn(await callAs('evil.example', 'OPTIONS /tasks')).code).toBe('misdirected_request');
  });
});

describe('who means us', () => {
  it.each([
    ['localhost', 'localhost:8080'],
    ['localhost, whatever its letters', 'LocalHost'],
    ['localhost with its root', 'localhost.:8080'],
    ['the loopback', '127.0.0.1:8080'],
    ['the loopback by a tunnel or a published port', '127.0.0.1:49153'],
    ['another loopback address', '127.8.9.10'],
    ['the loopback of IPv6', '[::1]:8080'],
    ['the address of a container, as its health check and Kubernetes do', '172.17.0.2:8080'],
    ['a listed name', named],
    ['a listed name at the port of a proxy', `${named}:8443`],
    ['a listed name, whatever its letters', 'SECOND.Example'],
  ])('is answered: %s', async (_what, host) => {
    expect((await callAs(host)).status).toBe(200);
  });

  it('is answered by the name that it is bound to', async () => {
    const bound = await openStage({ ORCHESTRATOR_HOST: 'localhost' });
    try {
      await bound.ok('getHealth', { key: null });
    } finally {
      await bound.dispose();
    }
  });

  it('is of our own origin as a page of a listed name', async () => {
    const headers = `Origin: https://${named}\r\nX-Api-Key: ${stage.keys.viewer}\r\n`;
    expect((await callAs(named, 'GET /tasks', headers)).status).toBe(200);
    expect(problemIn(await callAs('127.0.0.1', 'GET /tasks', headers)).code).toBe('foreign_origin');
  });
});

closeGuard('misdirected_request');
