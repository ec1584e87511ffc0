import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adminKey, type TestBoardroom } from '../support/boardroom.ts';
import { newLink, visit } from '../support/browser.ts';
import { openDashboard } from '../support/dashboard-stage.ts';
import { describeBrowser } from '../support/describe-browser.ts';

const initialBytesMax = 200_000;

describeBrowser('the first page', () => {
  let room: TestBoardroom;
  let browser: Browser;
  let dispose: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    ({ room, browser, dispose } = await openDashboard());
  });
  afterAll(() => dispose?.());

  it('brings no more JavaScript than 200 kB, as gzip packs it', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const scripts = new Map<string, Promise<Buffer>>();
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) scripts.set(response.url(), response.body());
    });
    await page.goto(room.url + (await newLink(room.url, adminKey)));
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    const sizes = await Promise.all([...scripts.values()].map(async (body) => gzipSync(await body).length));
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(initialBytesMax);
    await context.close();
  });

  it('does not shift what is on the screen while it fills', async () => {
    const { page, go, close } = await visit(browser, { url: room.url });
    await page.addInitScript(() => {
      const shifts: string[] = [];
      Object.assign(globalThis, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.push(JSON.stringify(entry));
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await go('/');
    await page.getByText('Nothing waits for you').waitFor();
    const shifts = await page.evaluate(() => (globalThis as unknown as { shifts: string[] }).shifts);
    const total = shifts.reduce((sum, shift) => sum + (JSON.parse(shift) as { value: number }).value, 0);
    // What browsers call good is a tenth; a fiftieth nobody sees.
    expect(total, shifts.join('\n')).toBeLessThan(0.02);
    await close();
  });
});
