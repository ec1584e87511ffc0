/**
 * Asks for many keys at once what each caller asks for one: while one question is under way, the next gathers. So a
 * crowd of any size costs one connection, and nobody in it waits longer than for two answers.
 */
export function gather<T>(find: (keys: readonly string[]) => Promise<ReadonlyMap<string, T>>) {
  let lastAnswer: Promise<unknown> = Promise.resolve();
  let next: { readonly keys: Set<string>; readonly answer: Promise<ReadonlyMap<string, T>> } | undefined;

  function open(first: string) {
    const keys = new Set([first]);
    const answer = lastAnswer.then(() => {
      // From here on who asks may know of a change that this question does not see: it is for the one after.
      next = undefined;
      return find([...keys]);
    });
    lastAnswer = answer.catch(() => undefined);
    return { keys, answer };
  }

  return async (key: string): Promise<T | undefined> => {
    next ??= open(key);
    next.keys.add(key);
    return (await next.answer).get(key);
  };
}
