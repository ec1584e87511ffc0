import { useNavigate, useSearch } from '@tanstack/react-router';
import type { z } from 'zod';

/** What the address says behind its question mark, as the page's schema reads it; and a change of some of it. */
export function useAddress<T extends object>(schema: z.ZodType<T>): readonly [T, (part: Partial<T>) => void] {
  const search = schema.parse(useSearch({ strict: false }));
  const navigate = useNavigate();
  const change = (part: Partial<T>) =>
    // The page's own schema says what may stand there, which the router's type of all pages at once does not know.
    void navigate({ to: '.', search: (() => ({ ...search, ...part })) as never, replace: true, resetScroll: false });
  return [search, change];
}
