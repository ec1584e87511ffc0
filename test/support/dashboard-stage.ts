import type { Browser } from 'playwright-core';
import { startBoardroom, type TestBoardroom } from './boardroom.ts';
import { launch } from './browser.ts';

export interface DashboardStage {
  readonly room: TestBoardroom;
  readonly browser: Browser;
  dispose(): Promise<void>;
}

/** An orchestrator, and a browser to look at it with. */
export async function openDashboard(environment: Record<string, string> = {}): Promise<DashboardStage> {
  const [room, browser] = await Promise.all([startBoardroom(environment), launch()]);
  return {
    room,
    browser,
    async dispose() {
      await browser.close();
      await room.dispose();
    },
  };
}
