import { describe, expect, test } from 'vitest';
import { findMissingVectors } from './vector-server.ts';

export { startVectorPostgres } from './vector-server.ts';

const missing = findMissingVectors();

/** A suite that needs pgvector. Without it it is skipped and says why; in CI it fails, so that it can't go missing. */
export function describeVectors(name: string, suite: () => void): void {
  if (missing === undefined) return void describe(name, suite);
  const { CI } = process.env;
  if (CI !== 'true') return void describe.skip(`${name} (${missing})`, suite);
  describe(name, () => {
    test('has a Postgres with pgvector', () => expect.fail(missing));
  });
}
