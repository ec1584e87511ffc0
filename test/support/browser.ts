import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { adminKey } from './boardroom.ts';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const { CHROMIUM } = process.env;
const executablePath = [CHROMIUM, ...places].find((path) => path !== undefined && existsSync(path));

/** Why none can be opened; undefined where one can. */
export const whyNoBrowser = executablePath === undefined ? `no Chromium at CHROMIUM, ${places.join(', ')}` : undefined;

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launch = (): Promise<Browser> =>
  chromium.launch({ args: flags, ...(executablePath !== undefined && { executablePath }) });

export const desktop = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained of: scripts that broke, and what the page's policy refused. */
  readonly complaints: readonly string[];
  /** Addresses that were asked for outside of the orchestrator. */
  readonly strayRequests: readonly string[];
  /** Resolves when nothing of the page is still to come. */
  go(path: string): Promise<void>;
  close(): Promise<void>;
}

interface Visitor extends BrowserContextOptions {
  /** Where the orchestrator is. */
  readonly url: string;
  readonly key?: string;
}

/** Somebody who opens the dashboard by a single-use link, as the terminal prints it. */
export async function visit(browser: Browser, { url, key = adminKey, ...options }: Visitor): Promise<Visit> {
  const context = await browser.newContext({ viewport: desktop, locale: 'en-US', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const strayRequests: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isExpected(message.text())) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) strayRequests.push(request.url());
  });
  await page.goto(url + (await newLink(url, key)));
  await page.locator('main#content h1').waitFor();
  return {
    page,
    context,
    complaints,
    strayRequests,
    async go(path) {
      await page.goto(`${url}/dashboard${path}`);
      await page.locator('main#content h1').waitFor();
      await page.locator('[data-loading]').first().waitFor({ state: 'detached' });
    },
    close: () => context.close(),
  };
}

/** A browser shows these as errors, and the page says them in words: nobody is signed in yet; an agent that never ran has no log. */
const isExpected = (text: string): boolean => /status of (401|409)|net::ERR_|WebSocket connection/.test(text);

export async function newLink(url: string, key: string): Promise<string> {
  const response = await fetch(`${url}/sessions/links`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: '{}',
  });
  const { path } = (await response.json()) as { path: string };
  return path;
}
