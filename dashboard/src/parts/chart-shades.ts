/** What tells lines apart, in this order: made of the palette, so that they hold in both themes. Every line has its name beside it. */
export const shades = [
  'var(--felt)',
  'var(--sky)',
  'color-mix(in oklab, var(--felt) 50%, var(--sheet))',
  'var(--ink)',
  'color-mix(in oklab, var(--sky) 50%, var(--sheet))',
  'var(--line-strong)',
  'color-mix(in oklab, var(--felt) 24%, var(--sheet))',
  'color-mix(in oklab, var(--sky) 24%, var(--sheet))',
  'color-mix(in oklab, var(--ink) 14%, var(--sheet))',
] as const;

export const shadeOf = (line: number): string => shades[line % shades.length] ?? shades[0];

/** Reads colours of the page as a canvas takes them. */
export function createColourReader(place: HTMLElement): (css: string) => string {
  const probe = document.createElement('span');
  probe.hidden = true;
  place.append(probe);
  return (css) => {
    probe.style.color = css;
    return getComputedStyle(probe).color;
  };
}
