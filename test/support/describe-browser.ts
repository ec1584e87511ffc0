import { describe, expect, test } from 'vitest';
import { whyNoBrowser } from './browser.ts';

/** A suite that needs a browser. Without one it is skipped and says why; in CI it fails, so that it can't go missing. */
export function describeBrowser(name: string, suite: () => void): void {
  if (whyNoBrowser === undefined) return void describe(name, { timeout: 120_000 }, suite);
  const { CI } = process.env;
  if (CI !== 'true') return void describe.skip(`${name} (${whyNoBrowser})`, suite);
  describe(name, () => {
    test('has a Chromium', () => expect.fail(whyNoBrowser));
  });
}
