import { describe } from 'vitest';
import { describeLogs } from './runtime-logs.ts';
import { describeObserving, describeWatching } from './runtime-observing.ts';
import { describeStarting } from './runtime-starting.ts';
import { describeKin, describeRemoving, describeStopping } from './runtime-stopping.ts';
import { type RuntimeUnderTest, runtimeSubject } from './runtime-subject.ts';

/** What every kind of runtime guarantees. */
export function describeRuntime(name: string, makeRuntime: () => Promise<RuntimeUnderTest>): void {
  describe(name, { timeout: 60_000 }, () => {
    const subject = runtimeSubject(makeRuntime);
    describe('starting', () => describeStarting(subject));
    describe('observing', () => describeObserving(subject));
    describe('watching', () => describeWatching(subject));
    describe('stopping', () => describeStopping(subject));
    describe.skipIf(process.platform !== 'linux')('stopping what it started', () => describeKin(subject));
    describe('removing', () => describeRemoving(subject));
    describe('logs', () => describeLogs(subject));
  });
}
