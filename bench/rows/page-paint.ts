import { openDashboard } from '../parts/dashboard.ts';
import type { Row } from '../row.ts';

export const pagePaint: Row = {
  name: 'page-paint',
  about: 'first content of the overview in a browser that has nothing of it yet, from the navigation on',
  unit: 'ms',
  better: 'lower',
  goal: { figure: 1_000 },
  needs: ['chromium'],
  async open(bench) {
    const dashboard = await openDashboard(bench, 7);
    return {
      async ours() {
        const { page, close } = await dashboard.visit();
        // A document of its own: the visit has warmed the cache, and a cold one is what is asked for.
        const session = await page.context().newCDPSession(page);
        await session.send('Network.setCacheDisabled', { cacheDisabled: true });
        await page.reload({ waitUntil: 'load' });
        await page.getByRole('heading', { level: 1 }).waitFor();
        // As text: what runs in the browser has names that Node does not know. Told of a moment after it was painted.
        const paint = await page.evaluate<number>(`new Promise((resolve) => {
          const observer = new PerformanceObserver((seen) => {
            for (const { startTime } of seen.getEntriesByName('first-contentful-paint')) resolve(startTime);
          });
          observer.observe({ type: 'paint', buffered: true });
        })`);
        await close();
        return paint;
      },
      close: dashboard.close,
    };
  },
};
