import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Runtime } from '../../src/orchestrator/agents/runtime.ts';
import { runtimeSubject } from '../contract/runtime-subject.ts';
import { describeDocker, docker } from '../support/docker.ts';
import { type EngineProxy, engineProxy } from '../support/engine-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { instance } from '../support/stand-in.ts';
import { type DockerRuntimeUnderTest, makeDockerRuntime } from './docker-subject.ts';

/** After `die` the engine holds a container until its network is taken apart: whoever waits for that is late. */
describeDocker('docker runtime: ends that the engine’s events tell', () => {
  let under: DockerRuntimeUnderTest;
  let proxy: EngineProxy;
  let watched: Runtime;
  let hints: (string | undefined)[];
  let end: () => Promise<void>;
  const subject = runtimeSubject(async () => {
    under = await makeDockerRuntime();
    return under;
  });

  beforeEach(async () => {
    proxy = await engineProxy();
    watched = under.reopen({ docker: proxy.docker });
    hints = [];
    const over = new AbortController();
    const watching = watched.watch((hint) => hints.push(hint), over.signal);
    end = async () => {
      over.abort();
      await watching;
    };
    await eventually(() => hints.length > 0 || undefined, { what: 'the first hint' });
  });
  afterEach(async () => {
    await end();
    await proxy.close();
  });

  const hinted = () => eventually(() => hints.includes('ceo') || undefined, { what: 'the hint' });

  test('an end is known with its code and its time from the event alone: the container itself is not asked', async () => {
    const before = Date.now();
    const containerId = await subject.running(instance());
    const asked = () => proxy.sent().split(`GET /containers/${containerId}/json`).length - 1;
    const askedBefore = asked();
    hints.length = 0;
    await subject.byHand(containerId, 'kill');
    await hinted();
    const exit = await eventually(async () => (await watched.list())[0]?.exit, { what: 'the exit' });
    expect(exit).toMatchObject({ code: 137, signal: 'SIGKILL', oomKilled: false });
    expect(exit.at).toBeGreaterThan(before - 2_000);
    expect(exit.at).toBeLessThan(Date.now() + 2_000);
    expect(await watched.inspect('ceo')).toMatchObject([{ containerId, status: 'exited', exit }]);
    expect(asked()).toBe(askedBefore);
  });

  test('one that ran out of memory is told as such', async () => {
    await subject.started(instance('gulp', { resources: { memory: 64 } }));
    const exit = await eventually(async () => (await watched.inspect('ceo'))[0]?.exit, { what: 'the exit' });
    expect(exit).toMatchObject({ code: 137, oomKilled: true });
  });

  test('a stop is over when the end is told, though the engine has not answered yet', async () => {
    const containerId = await subject.running(instance());
    await proxy.be('silent');
    const stopped = watched.stop(containerId, 20_000);
    await subject.byHand(containerId, 'kill');
    await stopped;
    await proxy.be('forward');
    expect(await watched.list()).toMatchObject([{ containerId, status: 'exited' }]);
  });

  test('a container that somebody starts again after its end stays ended, until events may have been missed', async () => {
    const containerId = await subject.running(instance());
    hints.length = 0;
    await subject.byHand(containerId, 'kill');
    await hinted();
    await docker.getContainer(containerId).start();
    expect(await watched.inspect('ceo')).toMatchObject([{ containerId, status: 'exited', exit: { code: 137 } }]);
    expect(await subject.found(containerId)).toMatchObject({ status: 'running' });
    hints.length = 0;
    proxy.cut();
    await eventually(() => hints.includes(undefined) || undefined, { what: 'the next connection' });
    expect(await watched.list()).toMatchObject([{ containerId, status: 'running' }]);
    await watched.remove(containerId);
    expect(await watched.list()).toEqual([]);
  });
});
