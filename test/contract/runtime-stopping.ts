import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { instance, newId, processesMarked } from '../support/stand-in.ts';
import type { RuntimeSubject } from './runtime-subject.ts';

/** What holds of the end. */
export function describeStopping(subject: RuntimeSubject): void {
  test('an agent that hears SIGTERM ends itself', async () => {
    const containerId = await subject.running(instance());
    await subject.runtime.stop(containerId, 20_000);
    expect(await subject.found(containerId)).toMatchObject({ status: 'exited', exit: { code: 0, signal: null } });
    expect(await subject.logOf(containerId)).toBe('ready\nbye\n');
  });

  test('one that does not is killed when the grace is over, and not before', async () => {
    const containerId = await subject.running(instance('deaf'));
    const before = performance.now();
    await subject.runtime.stop(containerId, 1_000);
    expect(performance.now() - before).toBeGreaterThan(950);
    expect(performance.now() - before).toBeLessThan(6_000);
    expect(await subject.found(containerId)).toMatchObject({
      status: 'exited',
      exit: { signal: 'SIGKILL', oomKilled: false },
    });
    expect(await subject.logOf(containerId)).toContain('not listening');
  });

  test('a paused one can be stopped, and hears of it', async () => {
    const containerId = await subject.running(instance());
    await subject.byHand(containerId, 'pause');
    await subject.runtime.stop(containerId, 10_000);
    expect(await subject.found(containerId)).toMatchObject({ status: 'exited', exit: { code: 0 } });
  });

  test('stopping resolves at once for what has ended, is gone, or never was', async () => {
    const containerId = await subject.started(instance('exit:0'));
    await subject.exited(containerId);
    const before = performance.now();
    await subject.runtime.stop(containerId, 20_000);
    await subject.runtime.remove(containerId);
    await subject.runtime.stop(containerId, 20_000);
    await subject.runtime.stop(`${containerId.slice(0, -8)}ffffffff`, 20_000);
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  test('two stops at once are one', async () => {
    const containerId = await subject.running(instance());
    await Promise.all([subject.runtime.stop(containerId, 10_000), subject.runtime.stop(containerId, 10_000)]);
    expect(await subject.found(containerId)).toMatchObject({ status: 'exited', exit: { code: 0 } });
  });
}

/** That nothing an agent started is forgotten. */
export function describeKin(subject: RuntimeSubject): void {
  const mark = newId('mark');
  const bornOf = async (act: string) => {
    const containerId = await subject.running(instance(`kin:${mark},${act}`));
    await eventually(async () => ((await processesMarked(mark)).length > 0 ? true : undefined), { what: 'kin' });
    return containerId;
  };

  test('nothing that an agent started outlives its stop', async () => {
    await subject.runtime.stop(await bornOf(''), 10_000);
    expect(await processesMarked(mark)).toEqual([]);
  });

  test('nothing that an agent started outlives its killing at the end of the grace', async () => {
    await subject.runtime.stop(await bornOf('deaf'), 100);
    expect(await processesMarked(mark)).toEqual([]);
  });

  test('nothing that an agent started is left when its sudden death is reported', async () => {
    const containerId = await bornOf('');
    await subject.byHand(containerId, 'kill');
    await subject.exited(containerId);
    expect(await processesMarked(mark)).toEqual([]);
  });
}

/** What holds of what is left. */
export function describeRemoving(subject: RuntimeSubject): void {
  test('what is removed is not listed, and the workspace waits for the next life', async () => {
    const first = await subject.started(instance('lives,exit:0'));
    await subject.exited(first);
    await subject.runtime.remove(first);
    expect(await subject.runtime.list()).toEqual([]);
    const second = await subject.running(instance('lives'));
    expect(await subject.logOf(second)).toBe('life 2\nready\n');
  });

  test('removing what is gone already is not an error', async () => {
    const containerId = await subject.started(instance('exit:0'));
    await subject.exited(containerId);
    await Promise.all([subject.runtime.remove(containerId), subject.runtime.remove(containerId)]);
    await expect(subject.runtime.remove(containerId)).resolves.toBeUndefined();
  });

  test('removing one that still runs ends it, and all that it started', async () => {
    const mark = newId('mark');
    const containerId = await subject.running(instance(`kin:${mark}`));
    if (process.platform === 'linux') await eventually(async () => (await processesMarked(mark))[0], { what: 'kin' });
    await subject.runtime.remove(containerId);
    expect(await subject.runtime.list()).toEqual([]);
    if (process.platform === 'linux') expect(await processesMarked(mark)).toEqual([]);
  });
}
