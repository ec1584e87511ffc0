const pad = (value: number) => String(value).padStart(2, '0');

/** A moment as a field for date and time has it, in the reader's own zone; empty for none. */
export function localOf(moment: string | undefined): string {
  if (moment === undefined) return '';
  const at = new Date(moment);
  const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return `${day}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

/** What such a field holds as a moment; undefined for nothing, and for years that the log cannot hold. */
export function instantOf(local: string): string | undefined {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) || at.getFullYear() < 2000 || at.getFullYear() > 2998
    ? undefined
    : at.toISOString();
}
