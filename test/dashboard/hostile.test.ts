import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestBoardroom } from '../support/boardroom.ts';
import { visit } from '../support/browser.ts';
import { openDashboard } from '../support/dashboard-stage.ts';
import { describeBrowser } from '../support/describe-browser.ts';
import { placesOf } from './places.ts';

/** Each of them would set `owned`, or ask somebody else for something. */
const attacks = [
  '<img src=x onerror="owned=1">',
  '<script>owned=1</script>',
  '"><svg onload="owned=1">',
  '[click](javascript:owned=1)',
  '![seen](http://127.0.0.1:9/track.png)',
  '<iframe srcdoc="<script>parent.owned=1</script>">',
  '<a href="javascript:owned=1">x</a>',
];

describeBrowser('hostile text', () => {
  let room: TestBoardroom;
  let browser: Browser;
  let dispose: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    ({ room, browser, dispose } = await openDashboard());
    for (const text of attacks) {
      const post = async (path: string, body: object) =>
        expect((await room.call('POST', path, { body })).status, path).toBeLessThan(300);
      await post('/tasks', { title: text, description: `${text}\n\n# ${text}`, assignTo: 'cmo' });
      await post('/decisions', { title: text, description: attacks.join('\n\n'), decisionType: 'critical' });
      await post('/agents/cmo/message', { message: text });
      await post('/settings/custom/note', { value: text });
      await post('/knowledge', { title: text, text, agent: 'cmo' });
    }
    const { body } = await room.call('GET', '/decisions?limit=1');
    await room.call('POST', `/decisions/${body.decisions[0].id}/vote`, {
      body: { voterType: 'ceo', vote: 'veto', reason: attacks.join(' ') },
    });
    await room.call('POST', `/decisions/${body.decisions[0].id}/escalate`, { body: { reason: attacks.join(' ') } });
    await room.call('POST', '/scheduler/jobs', {
      body: {
        id: 'hostile',
        schedule: '@daily',
        description: attacks.join(' '),
        template: { message: { agentType: 'cmo', message: attacks.join(' ') } },
      },
    });
  });
  afterAll(() => dispose?.());

  it('is shown as text on every page: nothing of it runs, and nobody is asked for anything', async () => {
    const { page, go, close, complaints, strayRequests } = await visit(browser, { url: room.url });
    for (const place of await placesOf(room)) {
      await go(place);
      expect(await page.evaluate(() => 'owned' in window), place).toBe(false);
      const elements = await page.evaluate(
        () => document.querySelectorAll('main img, main iframe, main script').length,
      );
      expect(elements, place).toBe(0);
      const links = await page.evaluate(() =>
        [...document.querySelectorAll('main a')].flatMap((link) => link.getAttribute('href') ?? []),
      );
      expect(
        links.filter((href) => /^javascript:/i.test(href)),
        place,
      ).toEqual([]);
    }
    await go('/decisions');
    await page.getByText('<script>owned=1</script>').first().waitFor();
    expect(strayRequests).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });
});
