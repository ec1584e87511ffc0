/** True when the engine answered, and answered with one of these statuses. */
export const answered = (error: unknown, ...statuses: readonly number[]): boolean =>
  error instanceof Error &&
  'statusCode' in error &&
  typeof error.statusCode === 'number' &&
  statuses.includes(error.statusCode);

/** For an answer that is as good as success: `.catch(unless(304))`. Everything else stays an error. */
export const unless =
  (...statuses: readonly number[]) =>
  (error: unknown): undefined => {
    if (!answered(error, ...statuses)) throw error;
    return undefined;
  };
