import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../src/orchestrator/platform/clock.ts';
import { runtimeSubject } from '../contract/runtime-subject.ts';
import { describeDocker } from '../support/docker.ts';
import { type EngineProxy, engineProxy } from '../support/engine-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { instance } from '../support/stand-in.ts';
import { type DockerRuntimeUnderTest, makeDockerRuntime } from './docker-subject.ts';

/** Sleeps longer than a test. */
const sleepyClock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms * 1_000, signal) };

/** Sleeps a hundredth of what it is asked for. */
const hastyClock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) };

let under: DockerRuntimeUnderTest;
let proxy: EngineProxy;

/** A team, and a proxy between it and the engine. */
function teamBehindProxy() {
  beforeEach(async () => {
    proxy = await engineProxy();
  });
  afterEach(() => proxy.close());
  return runtimeSubject(async () => {
    under = await makeDockerRuntime();
    return under;
  });
}

/** Watches through the proxy. */
function watching(clock = systemClock) {
  const hints: (string | undefined)[] = [];
  const over = new AbortController();
  const runtime = under.reopen({ docker: proxy.docker, clock });
  const watch = runtime.watch((hint) => hints.push(hint), over.signal);
  return { hints, end: () => over.abort(), watch };
}
const lookAtAll = (hints: unknown[], times: number) =>
  eventually(() => hints.filter((hint) => hint === undefined).length >= times || undefined, {
    what: 'look at all',
  });

/** Every call of a runtime, through the proxy. */
const calls = () => {
  const runtime = under.reopen({ docker: proxy.docker, clock: hastyClock });
  const signal = new AbortController().signal;
  return [
    () => runtime.ping(),
    () => runtime.list(),
    () => runtime.inspect('ceo'),
    () => runtime.gatewayFor('ceo'),
    () => runtime.start(instance()),
    () => runtime.stop('0123456789ab', 100),
    () => runtime.remove('0123456789ab'),
    () => runtime.logs('0123456789ab', { tail: 1, follow: true, signal }),
  ];
};

describeDocker('docker runtime: the engine, its events', () => {
  const subject = teamBehindProxy();

  test('a stream that breaks is opened again, says to look at all, and goes on', async () => {
    const { hints, end, watch } = watching();
    await lookAtAll(hints, 1);
    proxy.cut();
    await lookAtAll(hints, 2);
    await subject.started(instance('', { agentType: 'cfo' }));
    await eventually(() => hints.includes('cfo') || undefined, { what: 'the hint' });
    expect(under.errors).toHaveLength(1);
    end();
    await watch;
  });

  test('an engine that was gone for a while is found again, and complained of once', async () => {
    const { hints, end, watch } = watching(hastyClock);
    await lookAtAll(hints, 1);
    await proxy.be('gone');
    await eventually(() => under.errors.length > 0 || undefined);
    await proxy.be('silent');
    await eventually(() => proxy.sent().match(/events/g)?.length === 3 || undefined, { what: 'two more attempts' });
    expect(hints).toEqual([undefined]);
    await proxy.be('gone');
    await proxy.be('forward');
    await lookAtAll(hints, 2);
    expect(under.errors).toHaveLength(1);
    end();
    await watch;
  });

  test('watching ends when it is told to: connected, or waiting for the engine', async () => {
    const connected = watching();
    await lookAtAll(connected.hints, 1);
    connected.end();
    await connected.watch;
    await proxy.be('gone');
    const waiting = watching(sleepyClock);
    await eventually(() => under.errors.length > 0 || undefined);
    waiting.end();
    await waiting.watch;
  });

  test('an orphaned event stream is closed with the watch', async () => {
    const { hints, end, watch } = watching();
    await lookAtAll(hints, 1);
    end();
    await watch;
    // Closing waits for every connection that is still open.
    await proxy.be('gone');
  });
});

describeDocker('docker runtime: the engine, its absence', () => {
  teamBehindProxy();

  test('while the engine is gone every call rejects', async () => {
    await proxy.be('gone');
    for (const call of calls()) await expect(call()).rejects.toThrow(/ENOENT|ECONNREFUSED/);
  });

  test('while the engine hangs every call rejects, in the end', async () => {
    await proxy.be('silent');
    for (const call of calls()) await expect(call()).rejects.toThrow(/no answer within|aborted/);
  });
});
