import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adminKey, type TestBoardroom } from '../support/boardroom.ts';
import { newLink, visit } from '../support/browser.ts';
import { openDashboard } from '../support/dashboard-stage.ts';
import { describeBrowser } from '../support/describe-browser.ts';

describeBrowser('the door of the dashboard', () => {
  let room: TestBoardroom;
  let browser: Browser;
  let dispose: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    ({ room, browser, dispose } = await openDashboard());
  });
  afterAll(() => dispose?.());

  it('a single-use link signs the browser in, and leaves no code in the address or the history', async () => {
    const link = await newLink(room.url, adminKey);
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(room.url + link);
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    expect(page.url()).toBe(`${room.url}/dashboard/`);
    await page.reload();
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await context.close();

    const second = await browser.newContext();
    const door = await second.newPage();
    await door.goto(room.url + link);
    await door.getByText('That link was used already').waitFor();
    await second.close();
  });

  it('the link that the terminal prints is one of these', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(room.boardroom.dashboardUrl);
    await page.getByText('admin, admin').waitFor();
    await context.close();
  });

  it('a pasted key opens it, a wrong one is answered in words, and neither is kept in the page', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${room.url}/dashboard/`);
    await page.getByLabel('API key').fill('brk_wrong');
    await page.keyboard.press('Enter');
    await page.getByText('The credentials are unknown, expired or revoked').waitFor();
    await page.getByLabel('API key').fill(adminKey);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    expect(kept).not.toContain(adminKey);
    expect(kept).not.toContain('boardroom_session');
    await context.close();
  });

  it('signing out closes it for good: going back shows nothing of what was there', async () => {
    const { page, close } = await visit(browser, { url: room.url });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API key').waitFor();
    await page.goto(`${room.url}/dashboard/agents`);
    await page.getByLabel('API key').waitFor();
    await close();
  });

  it('a key that is revoked puts its browser before the door', async () => {
    const { body } = await room.call('POST', '/keys', { body: { name: 'For an hour', role: 'operator' } });
    const { page, close } = await visit(browser, { url: room.url, key: body.secret });
    await room.call('DELETE', `/keys/${body.key.id}`);
    await page.getByLabel('API key').waitFor();
    await close();
  });

  it('speaks the language of the browser, and another one when asked', async () => {
    const { page, close } = await visit(browser, { url: room.url, locale: 'de-AT' });
    await page.getByRole('heading', { name: 'Übersicht', level: 1 }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await page.getByLabel('Sprache').selectOption('en');
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await close();
  });

  it('no page of it may be framed, and no script runs that is not a file of ours', async () => {
    const { page, close, complaints, strayRequests } = await visit(browser, { url: room.url });
    const response = await page.request.get(`${room.url}/dashboard/`);
    const policy = response.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(complaints).toEqual([]);
    expect(strayRequests).toEqual([]);

    const isBlocked = await page.evaluate(async () => {
      const refused = new Promise<string>((resolve) =>
        document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective)),
      );
      const script = document.createElement('script');
      try {
        script.text = 'window.owned = true';
        document.body.append(script);
      } catch {
        // Trusted Types have thrown already; the violation is told all the same.
      }
      return { directive: await refused, owned: 'owned' in window };
    });
    expect(isBlocked.owned).toBe(false);
    expect(isBlocked.directive).toMatch(/script|trusted/);
    await close();
  });

  it('is there for people only: a program that asks for the root is told that there is nothing', async () => {
    const asProgram = await fetch(`${room.url}/`);
    expect(asProgram.status).toBe(404);
    const asBrowser = await fetch(`${room.url}/`, { headers: { accept: 'text/html' }, redirect: 'manual' });
    expect(asBrowser.headers.get('location')).toBe('/dashboard/');
    const missing = await fetch(`${room.url}/dashboard/assets/nothing.js`);
    expect(missing.status).toBe(404);
    expect(missing.headers.get('content-type')).toContain('application/problem+json');
  });
});
