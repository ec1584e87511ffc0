const backoffMsMin = 250;
const backoffMsMax = 10_000;

/**
 * How long to wait after so many failures in a row: doubles up to the maximum, and half of it is chance,
 * so that a team whose orchestrator comes back does not knock all at once.
 */
export function backoffMs(failures: number, chance: number, msMax = backoffMsMax): number {
  const full = Math.min(msMax, backoffMsMin * 2 ** Math.min(failures, 10));
  return Math.round(full * (0.5 + chance / 2));
}
