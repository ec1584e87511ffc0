import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestBoardroom } from '../support/boardroom.ts';
import { desktop, phone, visit } from '../support/browser.ts';
import { openDashboard } from '../support/dashboard-stage.ts';
import { describeBrowser } from '../support/describe-browser.ts';
import { furnish } from './furnish.ts';
import { placesOf } from './places.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describeBrowser('every page', () => {
  let room: TestBoardroom;
  let browser: Browser;
  let dispose: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    ({ room, browser, dispose } = await openDashboard({ BOARDROOM_AGENTS: 'all' }));
    await furnish(room);
  });
  afterAll(() => dispose?.());

  it.each([
    ['by day on a desktop', { colorScheme: 'light', viewport: desktop }],
    ['by night on a desktop', { colorScheme: 'dark', viewport: desktop }],
    ['by day on a phone', { colorScheme: 'light', viewport: phone }],
    ['by night on a phone', { colorScheme: 'dark', viewport: phone, locale: 'de-DE' }],
  ] as const)(
    'is free of what axe-core finds, wider than the screen nowhere, and breaks nothing: %s',
    async (_when, look) => {
      const visitor = await visit(browser, { url: room.url, reducedMotion: 'reduce', ...look });
      await visitor.context.addInitScript({ path: axe });
      const found: string[] = [];
      for (const place of await placesOf(room)) {
        await visitor.go(place);
        found.push(...(await violationsIn(visitor.page)).map((violation) => `${place}: ${violation}`));
        const excess = await visitor.page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        if (excess > 0) found.push(`${place}: ${excess} px wider than the screen`);
      }
      expect(found).toEqual([]);
      expect(visitor.complaints).toEqual([]);
      expect(visitor.strayRequests).toEqual([]);
      await visitor.close();
    },
  );
});

type Page = Awaited<ReturnType<typeof visit>>['page'];

async function violationsIn(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes
      .slice(0, 3)
      .map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary?.slice(0, 300)}`),
  );
}
