const microUsdPerDollar = 1_000_000;

/** Dollars; small amounts to the millionth, so that a cheap call is not free. */
export function dollars(microUsd: number): string {
  const usd = microUsd / microUsdPerDollar;
  return `$${usd.toFixed(usd !== 0 && Math.abs(usd) < 0.01 ? 6 : 2)}`;
}

/** `1234567` → `1,234,567`. */
export const count = (whole: number): string => whole.toLocaleString('en-US');
