import { useCallback, useSyncExternalStore } from 'react';

/** Whether the window is so; told again when that changes. For what classes can't do: what is not drawn at all, or of a known height. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}
