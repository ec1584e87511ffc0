import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { CallError } from '../../../src/contracts/client.ts';

/** What went wrong, for a person: the orchestrator's own sentence, with the fields it names. */
export function useErrorWords(): (error: unknown) => string {
  const t = useTranslations('common');
  return useCallback(
    (error) => {
      if (!(error instanceof CallError)) return error instanceof Error ? error.message : String(error);
      if (error.code === 'unreachable') return t('unreachable');
      if (error.code === 'rate_limited') return t('rateLimited', { seconds: error.retryAfterSeconds ?? 60 });
      const fields = error.issues.slice(1).map(({ path, message }) => `${path}: ${message}`);
      return [error.message, ...fields].join(' · ');
    },
    [t],
  );
}
