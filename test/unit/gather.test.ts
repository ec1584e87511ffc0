import { expect, it } from 'vitest';
import { gather } from '../../src/orchestrator/platform/gather.ts';

/** Answers when it is told to; keeps what it was asked. */
function source() {
  const asked: {
    keys: readonly string[];
    answer: (found: ReadonlyMap<string, string>) => void;
    fail: (error: Error) => void;
  }[] = [];
  const find = (keys: readonly string[]) =>
    new Promise<ReadonlyMap<string, string>>((answer, fail) => void asked.push({ keys, answer, fail }));
  return { asked, look: gather(find) };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));
const all = (keys: readonly string[]) => new Map(keys.map((key) => [key, `of ${key}`]));

it('asks once for a crowd, and gives each its own', async () => {
  const { asked, look } = source();
  const answers = Promise.all(['a', 'b', 'a', 'missing'].map(look));
  await settled();
  asked[0]?.answer(all(['a', 'b']));
  expect(await answers).toEqual(['of a', 'of b', 'of a', undefined]);
  expect(asked.map(({ keys }) => keys)).toEqual([['a', 'b', 'missing']]);
});

it('asks one question at a time, however many gather meanwhile', async () => {
  const { asked, look } = source();
  const first = look('a');
  await settled();
  const crowd = Array.from({ length: 1_000 }, (_, index) => look(`key ${index}`));
  await settled();
  expect(asked).toHaveLength(1);
  asked[0]?.answer(all(['a']));
  await first;
  await settled();
  expect(asked).toHaveLength(2);
  asked[1]?.answer(all(asked[1].keys));
  expect(await Promise.all(crowd)).toHaveLength(1_000);
});

it('asks again for who comes while the question is under way: its answer may be older than what he knows', async () => {
  const { asked, look } = source();
  const before = look('a');
  await settled();
  const after = look('a');
  asked[0]?.answer(new Map([['a', 'old']]));
  expect(await before).toBe('old');
  await settled();
  asked[1]?.answer(new Map([['a', 'new']]));
  expect(await after).toBe('new');
});

it('fails for those who asked, and goes on with the next', async () => {
  const { asked, look } = source();
  const lost = look('a');
  await settled();
  const next = look('a');
  asked[0]?.fail(new Error('the database is away'));
  await expect(lost).rejects.toThrow('away');
  await settled();
  asked[1]?.answer(all(['a']));
  expect(await next).toBe('of a');
});
