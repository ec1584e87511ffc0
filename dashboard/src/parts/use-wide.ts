import { useSyncExternalStore } from 'react';

const wide = matchMedia('(min-width: 64rem)');

function watch(listener: () => void): () => void {
  wide.addEventListener('change', listener);
  return () => wide.removeEventListener('change', listener);
}

/** Whether there is room for things side by side, from where the menu is at the side on. */
export const useWide = (): boolean => useSyncExternalStore(watch, () => wide.matches);
