import { useEffect, useEffectEvent } from 'react';

/** What a key does; it answers false when it has done nothing, and the key keeps its usual meaning. */
export type Keys = Readonly<Record<string, () => boolean>>;

const takesText = 'input, textarea, select, [contenteditable]';

/** Single keys for a page, by their `key`. They are off while somebody writes, with a modifier, and behind an open dialog. */
export function useKeys(keys: Keys): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target instanceof Element && event.target.closest(takesText)) return;
    if (document.querySelector('dialog[open]')) return;
    if (keys[event.key]?.()) event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => press(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);
}
