/** The calls under way, by the life that thinks. */
export interface RunningCalls {
  /** Until `end` is called; `signal` aborts when the life is cut. */
  begin(instanceId: string): { readonly over: AbortController; end(): void };
  /** Its token is dead: nobody pays for what it would still be told. */
  cutLife(instanceId: string): void;
  cutAll(): void;
}

export function createRunningCalls(): RunningCalls {
  const running = new Map<AbortController, string>();
  const cutWhere = (matches: (instanceId: string) => boolean) => {
    for (const [over, instanceId] of running) if (matches(instanceId)) over.abort();
  };
  return {
    begin(instanceId) {
      const over = new AbortController();
      running.set(over, instanceId);
      return { over, end: () => void running.delete(over) };
    },
    cutLife: (ended) => cutWhere((instanceId) => instanceId === ended),
    cutAll: () => cutWhere(() => true),
  };
}
