import type { BoardroomEvent } from '../../contracts/event.ts';
import type { SecretOf } from './rules.ts';

/** What agents are lent, by name: what operators set goes before the environment. In memory, and up to date with the log. */
export interface SecretKeeper {
  readonly secretOf: SecretOf;
  follow(event: Pick<BoardroomEvent, 'eventType' | 'payload'>): void;
  /** Resolves when what `follow` has heard of is in effect, or could not be read. */
  settled(): Promise<void>;
}

interface Deps {
  readonly environment: ReadonlyMap<string, string>;
  /** What operators set, opened. */
  readonly read: () => Promise<ReadonlyMap<string, string>>;
  readonly onError: (error: unknown) => void;
}

export async function createSecretKeeper({ environment, read, onError }: Deps): Promise<SecretKeeper> {
  let set = await read();
  let reading: Promise<void> | undefined;
  let isStale = false;

  /** The log tells that a secret changed, never to what. */
  async function readAgain(): Promise<void> {
    while (isStale) {
      isStale = false;
      set = await read();
    }
  }

  return {
    secretOf: (name) => set.get(name) ?? environment.get(name),
    follow({ eventType, payload }) {
      if (eventType === 'setting_changed' && payload['category'] === 'secrets') isStale = true;
      // Also what could not be read when it was heard of.
      if (isStale)
        reading ??= readAgain()
          .catch((error: unknown) => {
            isStale = true;
            onError(error);
          })
          .finally(() => {
            reading = undefined;
          });
    },
    settled: async () => reading,
  };
}
