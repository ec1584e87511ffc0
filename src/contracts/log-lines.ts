// A log has no numbered places: after a pause its last lines are read again, and what is known of them is left out.

/** The last lines that were shown: enough to find them again, as lines of a log mostly differ in their time. */
export const knownMax = 20;

/** The lines of a log that are not known yet: what stands behind the last place where the known lines stand, else all of them. */
export function unknownOf(lines: readonly string[], known: readonly string[]): readonly string[] {
  if (known.length === 0) return lines;
  for (let end = lines.length; end >= known.length; end -= 1) {
    if (known.every((line, index) => lines[end - known.length + index] === line)) return lines.slice(end);
  }
  return lines;
}
