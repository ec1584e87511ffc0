import { describe, expect, it } from 'vitest';
import { createLifecycle } from '../../src/orchestrator/lifecycle.ts';

/** A release that the test ends. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('the lifecycle', () => {
  it('closes what was opened last first', async () => {
    const closed: string[] = [];
    const lifecycle = createLifecycle();
    for (const name of ['postgres', 'redis', 'http']) lifecycle.onClose(name, () => void closed.push(name));
    expect(await lifecycle.close()).toEqual([]);
    expect(closed).toEqual(['http', 'redis', 'postgres']);
  });

  it('closes one thing after the other, not side by side', async () => {
    const { opened, open } = gate();
    const closed: string[] = [];
    const lifecycle = createLifecycle();
    lifecycle.onClose('postgres', () => void closed.push('postgres'));
    lifecycle.onClose('http', () => opened.then(() => void closed.push('http')));
    const closing = lifecycle.close();
    await Promise.resolve();
    expect(closed).toEqual([]);
    open();
    await closing;
    expect(closed).toEqual(['http', 'postgres']);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('gone');
      },
    ],
    ['rejects', () => Promise.reject(new Error('gone'))],
  ])('closes the rest when a release %s, and says which failed and how', async (_how, release) => {
    const closed: string[] = [];
    const lifecycle = createLifecycle();
    lifecycle.onClose('postgres', () => void closed.push('postgres'));
    lifecycle.onClose('redis', release);
    lifecycle.onClose('http', () => void closed.push('http'));
    expect(await lifecycle.close()).toEqual([{ name: 'redis', error: new Error('gone') }]);
    expect(closed).toEqual(['http', 'postgres']);
  });

  it('closes once, however often it is asked', async () => {
    const closed: string[] = [];
    const lifecycle = createLifecycle();
    lifecycle.onClose('http', () => void closed.push('http'));
    const [first, second] = await Promise.all([lifecycle.close(), lifecycle.close()]);
    expect(await lifecycle.close()).toBe(first);
    expect(second).toBe(first);
    expect(closed).toEqual(['http']);
  });

  it('refuses to open anything once it is closed', async () => {
    const lifecycle = createLifecycle();
    await lifecycle.close();
    expect(() => lifecycle.onClose('late', () => undefined)).toThrow('cannot open "late": already closing');
  });

  it('refuses to open anything while it closes, from the first release on: nothing would close it', async () => {
    const lifecycle = createLifecycle();
    const late: string[] = [];
    lifecycle.onClose('http', () => lifecycle.onClose('late', () => void late.push('closed')));
    const failures = await lifecycle.close();
    expect(failures).toEqual([{ name: 'http', error: new Error('cannot open "late": already closing') }]);
    expect(late).toEqual([]);
  });
});
