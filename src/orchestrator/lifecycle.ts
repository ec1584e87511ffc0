/** What was opened last is closed first. One stack for the whole process. */
export interface Lifecycle {
  onClose(name: string, release: () => void | Promise<void>): void;
  /** Runs every release once, newest first; one failure does not spare the others. */
  close(): Promise<readonly CloseFailure[]>;
}

export interface CloseFailure {
  readonly name: string;
  readonly error: unknown;
}

export function createLifecycle(): Lifecycle {
  const releases: { name: string; release: () => void | Promise<void> }[] = [];
  let closing: Promise<readonly CloseFailure[]> | undefined;

  async function closeAll(): Promise<readonly CloseFailure[]> {
    const failures: CloseFailure[] = [];
    for (const { name, release } of releases.toReversed()) {
      try {
        await release();
      } catch (error) {
        failures.push({ name, error });
      }
    }
    return failures;
  }

  return {
    onClose(name, release) {
      if (closing !== undefined) throw new Error(`cannot open "${name}": already closing`);
      releases.push({ name, release });
    },
    close() {
      // In a turn of its own, so that the first release already finds us closing.
      closing ??= Promise.resolve().then(closeAll);
      return closing;
    },
  };
}
