import { Link, type LinkProps } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import type { ReactNode } from 'react';

/** From one thing back to all of its kind. */
export const BackLink = ({ to, children }: { readonly to: LinkProps['to']; readonly children: ReactNode }) => (
  <Link
    to={to}
    className="-mb-2 inline-flex min-h-8 items-center gap-0.5 self-start text-sm text-ink-soft hover:text-ink"
  >
    <ChevronLeft aria-hidden="true" className="size-4" />
    {children}
  </Link>
);
