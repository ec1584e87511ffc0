import { expect, onTestFinished, test, vi } from 'vitest';
import { instance } from '../support/stand-in.ts';
import type { RuntimeSubject } from './runtime-subject.ts';

/** What holds of the beginning. */
export function describeStarting(subject: RuntimeSubject): void {
  test('an instance that was started is listed as running under its own ids', async () => {
    const spec = instance('', { specHash: 'spec-7', agentType: 'cto' });
    const containerId = await subject.started(spec);
    expect(await subject.runtime.list()).toEqual([
      {
        containerId,
        instanceId: spec.instanceId,
        agentType: 'cto',
        specHash: 'spec-7',
        status: 'running',
        exit: undefined,
      },
    ]);
  });

  test('starting an instance again finds the one that runs', async () => {
    const spec = instance();
    const first = await subject.started(spec);
    expect((await subject.runtime.start(spec)).containerId).toBe(first);
    expect((await subject.reopen().start(spec)).containerId).toBe(first);
    expect(await subject.runtime.list()).toHaveLength(1);
  });

  test('starting an instance twice at once runs one', async () => {
    const spec = instance('lives');
    await subject.runtime.gatewayFor(spec.agentType);
    const [one, two] = await Promise.all([subject.runtime.start(spec), subject.runtime.start(spec)]);
    expect(one).toEqual(two);
    await subject.running(spec);
    expect(await subject.logOf(one.containerId)).toBe('life 1\nready\n');
    expect(await subject.runtime.list()).toHaveLength(1);
  });

  test('a start that is not confirmed runs nothing and leaves nothing', async () => {
    const spec = instance('lives');
    await subject.runtime.gatewayFor(spec.agentType);
    const refusal = () => Promise.reject(new Error('another replica leads'));
    await expect(subject.runtime.start(spec, refusal)).rejects.toThrow('another replica leads');
    expect(await subject.runtime.list()).toEqual([]);
    expect(await subject.logOf(await subject.running(spec))).toBe('life 1\nready\n');
  });

  test('starting an instance that has ended does not give it a second life', async () => {
    const spec = instance('lives,exit:3');
    const containerId = await subject.started(spec);
    await subject.exited(containerId);
    expect(await subject.runtime.start(spec)).toEqual({ containerId });
    expect(await subject.found(containerId)).toMatchObject({ status: 'exited', exit: { code: 3 } });
    expect(await subject.logOf(containerId)).toBe('life 1\n');
  });

  test('the agent gets its environment, a heap of half its memory, and nothing of ours', async () => {
    vi.stubEnv('BOARDROOM_TEST_SECRET', 'hush');
    onTestFinished(() => void vi.unstubAllEnvs());
    const spec = instance('environment', { environment: { BOARDROOM_TOKEN: 'sesame' }, resources: { memory: 96 } });
    const log = await subject.logOf(await subject.running(spec));
    expect(JSON.parse(log.slice(0, log.indexOf('\n')))).toMatchObject({
      BOARDROOM_TOKEN: 'sesame',
      NODE_OPTIONS: '--max-old-space-size=48',
      HOME: expect.any(String),
      PATH: expect.any(String),
    });
    expect(log).not.toContain('hush');
  });

  test('a gateway address is the same each time it is asked for, and after a restart', async () => {
    const address = await subject.runtime.gatewayFor('ceo');
    expect(await subject.runtime.gatewayFor('ceo')).toEqual(address);
    expect(await subject.reopen().gatewayFor('ceo')).toEqual(address);
  });

  test('a runtime that can be asked answers a ping', async () => {
    await expect(subject.runtime.ping()).resolves.toBeUndefined();
  });
}
