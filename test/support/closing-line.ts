import type { Reporter, TestModule } from 'vitest/node';

/** Ends the run with one line that people and CI can read. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 };
    const skippedSuites = new Set<string>();
    for (const module of modules) {
      // A file that does not load holds no test, and is a failure all the same.
      const tests = [...module.children.allTests()];
      if (tests.length === 0 && module.state() === 'failed') count.failed += 1;
      for (const test of tests) {
        const { state } = test.result();
        // What was never begun, as in a suite within a skipped suite, was skipped.
        const outcome = state === 'pending' ? 'skipped' : state;
        count[outcome] += 1;
        if (outcome === 'skipped')
          skippedSuites.add(test.parent.type === 'suite' ? test.parent.fullName : test.fullName);
      }
    }
    // After the other reporters' summary.
    process.on('exit', () => {
      // A suite that needs what this machine lacks says so in its name.
      for (const suite of skippedSuites) console.log(`skipped: ${suite}`);
      console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
    });
  }
}
