import { expect, test } from 'vitest';
import type { ObservedContainer } from '../../src/orchestrator/agents/runtime.ts';
import { eventually } from '../support/eventually.ts';
import { instance } from '../support/stand-in.ts';
import type { RuntimeSubject } from './runtime-subject.ts';

/** What can be seen. */
export function describeObserving(subject: RuntimeSubject): void {
  test('an exit is seen with its code, its time and how long it ran', async () => {
    const before = Date.now();
    const containerId = await subject.started(instance('exit:7'));
    const exit = await subject.exited(containerId);
    expect(exit).toMatchObject({ code: 7, signal: null, oomKilled: false });
    expect(exit.at).toBeGreaterThan(before - 2_000);
    expect(exit.at).toBeLessThan(Date.now() + 2_000);
    expect(exit.ranForMs).toBeGreaterThan(0);
    expect(exit.ranForMs).toBeLessThan(30_000);
  });

  test('one killed by hand is seen by its signal, and is not out of memory', async () => {
    const containerId = await subject.running(instance());
    await subject.byHand(containerId, 'kill');
    expect(await subject.exited(containerId)).toMatchObject({ signal: 'SIGKILL', oomKilled: false });
  });

  test('one whose heap is full is out of memory', async () => {
    const containerId = await subject.started(instance('heap', { resources: { memory: 64 } }));
    expect((await subject.exited(containerId)).oomKilled).toBe(true);
  });

  test('one paused by hand is seen as paused', async () => {
    const containerId = await subject.running(instance());
    await subject.byHand(containerId, 'pause');
    await eventually(async () => ((await subject.found(containerId))?.status === 'paused' ? true : undefined));
  });

  test('inspecting an agent shows its instances only', async () => {
    const ceo = await subject.started(instance('', { agentType: 'ceo' }));
    await subject.started(instance('', { agentType: 'cmo' }));
    expect((await subject.runtime.inspect('ceo')).map(({ containerId }) => containerId)).toEqual([ceo]);
    expect(await subject.runtime.inspect('dao')).toEqual([]);
    expect(await subject.runtime.list()).toHaveLength(2);
  });

  test('after a restart of the orchestrator all is found as it was left', async () => {
    await subject.running(instance());
    const dead = await subject.started(instance('exit:5', { agentType: 'cmo' }));
    await subject.exited(dead);
    const byId = (a: ObservedContainer, b: ObservedContainer) => a.containerId.localeCompare(b.containerId);
    const seen = [...(await subject.reopen().list())].sort(byId);
    expect(seen).toEqual([...(await subject.runtime.list())].sort(byId));
    expect(seen.map(({ status }) => status).sort()).toEqual(['exited', 'running']);
  });
}

/** What is said unasked. */
export function describeWatching(subject: RuntimeSubject): void {
  test('says to look at all when it begins', () =>
    subject.watched(async (hints) => {
      expect(hints).toEqual([undefined]);
    }));

  test('hints at the agent that has ended, when its exit can be seen', () =>
    subject.watched(async (hints) => {
      await subject.running(instance('fade:500', { agentType: 'cfo' }));
      // Looks when it is told to, and only then.
      const exit = await eventually(
        async () => (hints.splice(0).includes('cfo') ? (await subject.runtime.inspect('cfo'))[0]?.exit : undefined),
        { what: 'the hint', withinMs: 5_000 },
      );
      expect(exit).toMatchObject({ code: 9 });
    }));

  test('hints at the agent that was stopped', () =>
    subject.watched(async (hints) => {
      const containerId = await subject.running(instance('', { agentType: 'coo' }));
      hints.length = 0;
      await subject.runtime.stop(containerId, 5_000);
      await eventually(() => hints.includes('coo') || undefined, { what: 'the hint', withinMs: 5_000 });
    }));

  test('is silent after it was ended', async () => {
    let seen: unknown[] = [];
    await subject.watched(async (hints) => {
      seen = hints;
    });
    seen.length = 0;
    await subject.exited(await subject.started(instance('exit:0')));
    expect(seen).toEqual([]);
  });
}
