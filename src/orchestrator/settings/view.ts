import type { BoardroomEvent } from '../../contracts/event.ts';
import { type JsonValue, jsonValue } from '../../contracts/primitives.ts';

/** What operators changed, in memory: read once, then it follows the log. For paths on which a query would cost too much. */
export interface SettingsView {
  stored(category: string, key: string): JsonValue | undefined;
  follow(event: Pick<BoardroomEvent, 'eventType' | 'payload'>): void;
}

export function createSettingsView(
  rows: readonly { readonly category: string; readonly key: string; readonly value: JsonValue }[],
): SettingsView {
  const nameOf = (category: string, key: string) => `${category}.${key}`;
  const current = new Map(rows.map(({ category, key, value }) => [nameOf(category, key), value]));

  return {
    stored: (category, key) => current.get(nameOf(category, key)),
    follow({ eventType, payload }) {
      const { category, key, value, reset } = payload;
      if (eventType !== 'setting_changed' || typeof category !== 'string' || typeof key !== 'string') return;
      if (reset === true) current.delete(nameOf(category, key));
      else current.set(nameOf(category, key), jsonValue.parse(value));
    },
  };
}
