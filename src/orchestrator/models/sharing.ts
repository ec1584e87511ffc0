import { unlessAborted } from './persistence.ts';
import type { ModelName } from './providers.ts';
import type { Thought } from './thought.ts';

interface Question {
  readonly thought: Thought;
  readonly models: readonly ModelName[];
  /** The answer in one piece, or undefined where there is none to share. */
  readonly ask: () => Promise<string | undefined>;
  readonly signal: AbortSignal;
}

/** Identical questions that come while one of them is under way get its answer. */
export interface Sharing {
  /** Resolves with the answer of another; undefined when `ask` was this one's own, and has answered it. Rejects when `signal` aborts. */
  share(question: Question): Promise<string | undefined>;
}

export function createSharing(): Sharing {
  const underWay = new Map<string, Promise<string | undefined>>();
  return {
    async share({ thought: { dialect, body }, models, ask, signal }) {
      // The models too: the same question of two roles may be meant for two.
      const key = JSON.stringify([dialect, models, body]);
      // Whoever asked first may have left in the middle: then everybody asks for himself.
      const another = underWay.get(key)?.catch(() => undefined);
      // Whose life was cut while it waited is told nothing any more.
      const found = another && (await unlessAborted(another, signal));
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
