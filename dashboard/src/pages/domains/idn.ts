/** RFC 3492: the parameters of punycode. */
const base = 36;
const skew = 38;
const damp = 700;
const thresholdMin = 1;
const thresholdMax = 26;
const firstCodePoint = 128;
const firstBias = 72;

/**
 * A name with its international labels as people read them; undefined when it has none, or none that can be read. To be shown
 * beside the name and never in its place: what looks like one name may be another.
 */
export function unicodeOf(domain: string): string | undefined {
  const labels = domain.split('.').map((label) => (label.startsWith('xn--') ? decode(label.slice(4)) : label));
  const name = labels.join('.');
  if (labels.includes(undefined) || name === domain) return undefined;
  // No sign that is not seen, or that turns the direction of what is around it.
  return /[\p{C}\p{Z}]/u.test(name) ? undefined : name;
}

function decode(label: string): string | undefined {
  const hyphen = label.lastIndexOf('-');
  const points = [...label.slice(0, Math.max(0, hyphen))].map((sign) => sign.codePointAt(0) ?? 0);
  let codePoint = firstCodePoint;
  let bias = firstBias;
  let place = 0;
  let at = hyphen < 0 ? 0 : hyphen + 1;
  while (at < label.length) {
    const before = place;
    let weight = 1;
    for (let step = base; ; step += base) {
      const digit = digitOf(label[at] ?? '');
      if (digit === undefined) return undefined;
      at += 1;
      place += digit * weight;
      const threshold = Math.min(thresholdMax, Math.max(thresholdMin, step - bias));
      if (digit < threshold) break;
      weight *= base - threshold;
    }
    const length = points.length + 1;
    bias = adapt(place - before, length, before === 0);
    codePoint += Math.floor(place / length);
    place %= length;
    if (codePoint > 0x10_ff_ff) return undefined;
    points.splice(place, 0, codePoint);
    place += 1;
  }
  return points.length === 0 ? undefined : String.fromCodePoint(...points);
}

function digitOf(sign: string): number | undefined {
  const digit = 'abcdefghijklmnopqrstuvwxyz0123456789'.indexOf(sign.toLowerCase());
  return sign === '' || digit < 0 ? undefined : digit;
}

function adapt(delta: number, length: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? damp : 2));
  rest += Math.floor(rest / length);
  let steps = 0;
  while (rest > ((base - thresholdMin) * thresholdMax) / 2) {
    rest = Math.floor(rest / (base - thresholdMin));
    steps += base;
  }
  return steps + Math.floor(((base - thresholdMin + 1) * rest) / (rest + skew));
}
