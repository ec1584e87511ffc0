import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestBoardroom } from '../support/boardroom.ts';
import { visit } from '../support/browser.ts';
import { openDashboard } from '../support/dashboard-stage.ts';
import { describeBrowser } from '../support/describe-browser.ts';
import { eventually } from '../support/eventually.ts';
import { startTcpProxy, type TcpProxy } from '../support/http-tcp-proxy.ts';

describeBrowser('a page whose connection is cut', () => {
  let room: TestBoardroom;
  let browser: Browser;
  let dispose: (() => Promise<void>) | undefined;
  let proxy: TcpProxy;
  let url: string;
  beforeAll(async () => {
    ({ room, browser, dispose } = await openDashboard());
    proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(room.url).port) });
    url = `http://127.0.0.1:${proxy.port}`;
  });
  afterAll(async () => {
    await dispose?.();
    await proxy?.close();
  });

  const happen = async (words: string) => {
    const { status } = await room.call('POST', '/agents/cmo/message', { body: { message: words } });
    expect(status).toBe(201);
  };

  /** The numbers of the words on the screen, from top to bottom. */
  const shown = async (page: Page): Promise<number[]> => {
    const rows = await page.getByRole('option').allTextContents();
    return rows.flatMap((row) => {
      const [, number] = /word (\d+) of/.exec(row) ?? [];
      return number === undefined ? [] : [Number(number)];
    });
  };

  it('says so and since when, and shows every event once, in order, when it is back', async () => {
    const { page, go, close, complaints } = await visit(browser, { url });
    await go('/events');
    for (const number of [1, 2, 3]) await happen(`word ${number} of nine`);
    await eventually(async () => ((await shown(page)).length === 3 ? true : undefined));

    await proxy.cut();
    await page
      .getByText(/Connection lost/)
      .first()
      .waitFor();
    for (const number of [4, 5, 6]) await happen(`word ${number} of nine`);
    await proxy.restore();
    for (const number of [7, 8, 9]) await happen(`word ${number} of nine`);

    await eventually(
      async () => ((await shown(page)).includes(9) && (await shown(page)).includes(4) ? true : undefined),
      {
        withinMs: 30_000,
        what: 'the words that were said meanwhile',
      },
    );
    expect(await shown(page)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    await eventually(async () => ((await page.getByText(/Connection lost/).count()) === 0 ? true : undefined));
    expect(complaints).toEqual([]);
    await close();
  });

  it('a second browser that was never away shows the same', async () => {
    const { page, go, close } = await visit(browser, { url: room.url });
    await go('/events');
    await eventually(async () => ((await shown(page)).length === 9 ? true : undefined));
    expect(await shown(page)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    await close();
  });
});
