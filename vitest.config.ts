import { defineConfig } from 'vitest/config';

/**
 * `unit` needs nothing; `integration` a Postgres, which it starts; `e2e` whole systems, one at a time on a small
 * machine; `chaos` what must hold while they are killed.
 */
export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    // Real databases, engines and processes take their time on a busy machine; what waits, waits with a bound of its own.
    testTimeout: 30_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/{contract,integration,security}/**/*.test.ts'],
          exclude: ['test/security/inside-*.test.ts'],
          globalSetup: './test/support/postgres-server.ts',
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/{docker,e2e,dashboard}/**/*.test.ts', 'test/security/inside-*.test.ts'],
          globalSetup: './test/support/postgres-server.ts',
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'chaos',
          include: ['test/chaos/**/*.test.ts'],
          globalSetup: './test/support/postgres-server.ts',
          // They wait more than they work.
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
