import type { Page } from 'playwright-core';

/** Somebody without a mouse. */
export const press = (page: Page, key: string): Promise<void> => page.keyboard.press(key);
export const write = (page: Page, text: string): Promise<void> => page.keyboard.type(text);

const stopsMax = 150;

/** Goes from one stop to the next until the focus is on what has this name, and is seen to be there. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = [];
  for (let stop = 0; stop < stopsMax; stop += 1) {
    const { label, isSeen } = await page.evaluate(focused);
    if (label === name || (label.startsWith(name) && /^(Inbox)/.test(label))) {
      if (!isSeen) throw new Error(`"${name}" has the focus, and does not show it`);
      return;
    }
    passed.push(label);
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not get to "${name}"; it passes ${[...new Set(passed)].join(', ')}`);
}

/** A native list takes the first letters of what it offers (a blank would open it); its value is what counts. */
export async function choose(page: Page, value: string): Promise<void> {
  const letters = await page.evaluate((wanted) => {
    const list = document.activeElement as HTMLSelectElement;
    return [...list.options].find((option) => option.value === wanted)?.text ?? '';
  }, value);
  await page.keyboard.type(letters.split(' ')[0] ?? '');
  const chosen = await page.evaluate(() => (document.activeElement as HTMLSelectElement).value);
  if (chosen !== value) throw new Error(`the keyboard chose "${chosen}" in place of "${value}"`);
}

/** What has the focus: its name as a screen reader has it, and whether a sighted person can tell. */
function focused() {
  const element = document.activeElement as HTMLElement;
  const labels = 'labels' in element ? [...((element as HTMLInputElement).labels ?? [])] : [];
  const label = element.getAttribute('aria-label') ?? labels[0]?.textContent ?? element.textContent;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return { label: label.trim(), isSeen: outlineStyle !== 'none' && outlineWidth !== '0px' };
}
