import type { Screen } from '../text/screen.ts';

/** Says when a list shows less than there is. */
export function noteMore(screen: Screen, shown: number, total: number): void {
  if (shown < total) screen.note(`${shown} of ${total}; --limit shows more, up to 200`);
}
