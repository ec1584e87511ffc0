const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** `90` → `1 min`: the largest unit of which there is one at least. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [unit, size] = units.find(([, each]) => whole >= each) ?? (['s', 1] as const);
  return `${Math.floor(whole / size)} ${unit}`;
}

/** `3 min ago`, `in 2 h`, `now`. `at` is ISO 8601; `now` milliseconds since 1970. */
export function relative(at: string, now: number): string {
  const seconds = (Date.parse(at) - now) / 1_000;
  if (Math.abs(seconds) < 1) return 'now';
  return seconds < 0 ? `${duration(-seconds)} ago` : `in ${duration(seconds)}`;
}
