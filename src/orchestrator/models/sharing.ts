import type { ModelName } from './providers.ts';
import type { Thought } from './thought.ts';

/** The answer in one piece, or undefined where there is none to share. */
type Ask = () => Promise<string | undefined>;

/** Identical questions that come while one of them is under way get its answer. */
export interface Sharing {
  /** Resolves with the answer of another; undefined when `ask` was this one's own, and has answered it. */
  share(thought: Thought, models: readonly ModelName[], ask: Ask): Promise<string | undefined>;
}

export function createSharing(): Sharing {
  const underWay = new Map<string, Promise<string | undefined>>();
  return {
    async share({ dialect, body }, models, ask) {
      // The models too: the same question of two roles may be meant for two.
      const key = JSON.stringify([dialect, models, body]);
      // Whoever asked first may have left in the middle: then everybody asks for himself.
      const found = await underWay.get(key)?.catch(() => undefined);
      if (found !== undefined) return found;
      const own = ask();
      underWay.set(key, own);
      try {
        await own;
        return undefined;
      } finally {
        if (underWay.get(key) === own) underWay.delete(key);
      }
    },
  };
}

/** A model that does not roll dice says the same again. */
export const isDeterministic = ({ body }: Thought): boolean => body['temperature'] === 0 && body.stream !== true;
