import { describe, expect, test } from 'vitest';
import { findMissingRedis } from './redis-server.ts';

export { type RedisServer, startRedis } from './redis-server.ts';

const missing = findMissingRedis();

/** A suite that needs Redis. Without one it is skipped and says why; in CI it fails, so that it can't go missing. */
export function describeRedis(name: string, suite: () => void): void {
  if (missing === undefined) return void describe(name, suite);
  const { CI } = process.env;
  if (CI !== 'true') return void describe.skip(`${name} (${missing})`, suite);
  describe(name, () => {
    test('has a redis-server', () => expect.fail(missing));
  });
}
