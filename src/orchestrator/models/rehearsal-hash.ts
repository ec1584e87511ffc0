import { createHash } from 'node:crypto';

/** The rehearsal's substitute for chance: looks like it, and gives the same for the same text. */
export const hexHash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** From 0 to 2^32 - 1, evenly spread. */
export const stableNumber = (text: string): number => Number.parseInt(hexHash(text).slice(0, 8), 16);
