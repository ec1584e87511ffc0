/** For files that need not be there: `.catch(unlessAbsent)`. */
export function unlessAbsent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
