import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { openDashboard } from '../parts/dashboard.ts';
import { lengthenLog } from '../parts/long-log.ts';
import type { Row } from '../row.ts';

const events = 100_000;
const turns = 120;
const turnMs = 50;
const pixelsPerTurn = 600;
const eventsPassedMin = 1_000;

export const pageScroll: Row = {
  name: 'page-scroll',
  about:
    'frames a second while somebody scrolls through a log of 100,000 events, against a tall page with nothing on it',
  unit: '/s',
  better: 'higher',
  goal: { ratio: 0.9 },
  needs: ['chromium'],
  async open(bench) {
    const dashboard = await openDashboard(bench, 7);
    await lengthenLog(dashboard.databaseUrl, events);
    const [log, bare] = [await dashboard.visit(), await dashboard.visit()];
    await bare.go('/nowhere');
    // As text: what runs in the browser has names that Node does not know.
    await bare.page.evaluate("document.querySelector('main').style.height = '10000000px'");
    return {
      async ours() {
        await log.go('/events');
        const frames = await framesOf(log.page);
        const place = await log.page.locator('[aria-posinset]').first().getAttribute('aria-posinset');
        if (Number(place) < eventsPassedMin) throw new Error(`the log stands at its row ${place}: it was not scrolled`);
        return frames;
      },
      async reference() {
        await bare.page.evaluate('scrollTo(0, 0)');
        return framesOf(bare.page);
      },
      close: dashboard.close,
    };
  },
};

/** How many frames a second the page draws while the wheel turns above its middle. */
async function framesOf(page: Page): Promise<number> {
  await page.bringToFront();
  await page.mouse.move(600, 500);
  await page.evaluate(`globalThis.frames_ = 0; globalThis.isCounting = true;
    (function count() { globalThis.frames_ += 1; if (globalThis.isCounting) requestAnimationFrame(count); })()`);
  const began = performance.now();
  for (let turn = 0; turn < turns; turn += 1) {
    await page.mouse.wheel(0, pixelsPerTurn);
    await sleep(turnMs);
  }
  const seconds = (performance.now() - began) / 1_000;
  return (await page.evaluate<number>('globalThis.isCounting = false, globalThis.frames_')) / seconds;
}
