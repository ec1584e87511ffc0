/** The newest first, the eldest forgotten; told of at most a few times a second, however fast it comes. */
export interface Tape<T> {
  add(item: T): void;
  current(): readonly T[];
  subscribe(listener: () => void): () => void;
}

const tellEveryMs = 200;

export function createTape<T>(size: number): Tape<T> {
  let items: readonly T[] = [];
  let fresh: T[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<() => void>();

  function tell(): void {
    timer = undefined;
    items = [...fresh.reverse(), ...items].slice(0, size);
    fresh = [];
    for (const listener of listeners) listener();
  }

  return {
    add(item) {
      fresh.push(item);
      if (timer === undefined) timer = setTimeout(tell, tellEveryMs);
    },
    current: () => items,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export interface Listeners<T> {
  tell(item: T): void;
  /** Returns what takes it away again. */
  add(listener: (item: T) => void): () => void;
}

export function createListeners<T>(): Listeners<T> {
  const listeners = new Set<(item: T) => void>();
  return {
    tell(item) {
      for (const listener of listeners) listener(item);
    },
    add(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
