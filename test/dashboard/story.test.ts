import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { daoStance } from '../../src/orchestrator/models/rehearsal-stance.ts';
import type { TestBoardroom } from '../support/boardroom.ts';
import { type Visit, visit } from '../support/browser.ts';
import { openDashboard } from '../support/dashboard-stage.ts';
import { describeBrowser } from '../support/describe-browser.ts';
import { eventually } from '../support/eventually.ts';
import { choose, press, tabTo, write } from './keyboard.ts';

/** What the DAO holds its veto against until a human decides: each run takes the next. */
const contested = Array.from({ length: 2_000 }, (_, number) => `Rent venue number ${number + 1}`).filter(
  (title) => daoStance(title) === 'holds',
);
const storyMsMax = 60_000;

describeBrowser('the main job in the dashboard', () => {
  let room: TestBoardroom;
  let browser: Browser;
  let dispose: (() => Promise<void>) | undefined;
  let viewerKey: string;
  let title: string;
  beforeAll(async () => {
    ({ room, browser, dispose } = await openDashboard({ BOARDROOM_AGENTS: 'all' }));
    await room.call('POST', '/settings/decisions/statement_window', { body: { value: 0 } });
    viewerKey = (await room.call('POST', '/keys', { body: { name: 'Looks on', role: 'viewer' } })).body.secret;
  });
  afterAll(() => dispose?.());
  beforeEach(() => {
    title = contested.shift() ?? '';
    expect(title).not.toBe('');
  });

  it('is done with the mouse, from the task to the answer, while a second browser sees the same', async () => {
    const [operator, onlooker] = [
      await visit(browser, { url: room.url }),
      await visit(browser, { url: room.url, key: viewerKey }),
    ];
    const { page } = operator;
    await page.getByRole('link', { name: 'Tasks' }).click();
    await page.getByRole('button', { name: 'New task' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Title').fill(title);
    await dialog.getByLabel('Agent').selectOption('cmo');
    await dialog.getByLabel('Priority').selectOption('critical');
    await dialog.getByRole('button', { name: 'Give the task' }).click();
    await page.getByText(`CMO has the task “${title}”`).waitFor();

    await waits(page, title);
    await waits(onlooker.page, title);
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByLabel('Why, for all to read').fill('The board may go on.');
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByText(/ is approved\.$/).waitFor();

    await page.getByRole('link', { name: 'Tasks' }).click();
    await column(page, 'completed', title).waitFor({ timeout: storyMsMax });
    await onlooker.page.getByRole('link', { name: 'Tasks' }).click();
    await column(onlooker.page, 'completed', title).waitFor({ timeout: storyMsMax });
    await endWithoutComplaint(operator, onlooker);
    expect((await resolved(title)).votes.length).toBeGreaterThan(2);
  });

  it('is done with the keyboard alone, from the task to the answer', async () => {
    const operator = await visit(browser, { url: room.url });
    const { page } = operator;
    await tabTo(page, 'Tasks');
    await press(page, 'Enter');
    await page.getByRole('heading', { name: 'Tasks', level: 1 }).waitFor();
    await tabTo(page, 'New task');
    await press(page, 'Enter');
    await tabTo(page, 'Title');
    await write(page, title);
    await tabTo(page, 'Agent');
    await choose(page, 'cmo');
    await tabTo(page, 'Priority');
    await choose(page, 'critical');
    await tabTo(page, 'Give the task');
    await press(page, 'Enter');
    await page.getByText(`CMO has the task “${title}”`).waitFor();

    await tabTo(page, 'Inbox');
    await press(page, 'Enter');
    await page.getByRole('heading', { name: new RegExp(title), level: 2 }).waitFor({ timeout: storyMsMax });
    await press(page, 'a');
    await write(page, 'Go on.');
    await press(page, 'Control+Enter');
    await page.getByText(/ is approved\.$/).waitFor();
    expect((await resolved(title)).status).toBe('approved');
    await endWithoutComplaint(operator);
  });

  it('shows a viewer no button that its key may not use, and the API refuses what the buttons would do', async () => {
    await room.call('POST', '/decisions', { body: { title: 'Buy an island', decisionType: 'critical' } });
    const { body } = await room.call('GET', '/tasks?limit=1');
    const [viewer, admin] = [
      await visit(browser, { url: room.url, key: viewerKey }),
      await visit(browser, { url: room.url }),
    ];
    for (const [path, names] of [
      ['/tasks', ['New task']],
      ['/decisions', ['Propose']],
      ['/agents', ['Stop all']],
      ['/agents/cmo', ['Stop', 'Restart', 'Message']],
      ['/schedules', ['New schedule', 'Run now: retention']],
      ['/keys', ['New key']],
    ] as const) {
      for (const name of names) {
        await admin.go(path);
        await admin.page.getByRole('button', { name }).first().waitFor();
        await viewer.go(path);
        expect(await viewer.page.getByRole('button', { name }).count(), `${name} at ${path}`).toBe(0);
      }
    }
    const cookie = (await viewer.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    for (const [path, wanted] of [
      ['/tasks', { title: 'x', assignTo: 'cmo' }],
      [`/tasks/${body.tasks[0].id}/cancel`, {}],
      ['/agents/cmo/stop', {}],
      ['/keys', { name: 'x', role: 'admin' }],
    ] as const) {
      const answer = await room.call('POST', path, { key: null, headers: { cookie }, body: wanted });
      expect([answer.status, answer.body.code]).toEqual([403, 'not_allowed']);
    }
    await endWithoutComplaint(viewer, admin);
  });

  /** Opens the inbox and waits until this is what is to be decided. */
  async function waits(page: Page, about: string): Promise<void> {
    await page.getByRole('link', { name: /^Inbox/ }).click();
    await page.getByRole('heading', { name: new RegExp(about), level: 2 }).waitFor({ timeout: storyMsMax });
  }

  const column = (page: Page, status: string, about: string) =>
    page
      .getByRole('region', { name: new RegExp(status, 'i') })
      .getByText(about, { exact: true })
      .first();

  async function resolved(about: string) {
    const search = encodeURIComponent(about);
    return eventually(async () => {
      const [decision] = (await room.call('GET', `/decisions?status=approved&search=${search}`)).body.decisions;
      return decision && (await room.call('GET', `/decisions/${decision.id}`)).body;
    });
  }

  async function endWithoutComplaint(...visitors: readonly Visit[]): Promise<void> {
    for (const { complaints, strayRequests, close } of visitors) {
      expect([...complaints, ...strayRequests]).toEqual([]);
      await close();
    }
  }
});
