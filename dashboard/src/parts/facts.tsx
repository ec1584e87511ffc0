import type { ReactNode } from 'react';

/** What is known of one thing, name by name. */
export const Facts = ({ children }: { readonly children: ReactNode }) => (
  <dl className="grid grid-cols-2 gap-x-6 gap-y-4 p-4 sm:grid-cols-3 xl:grid-cols-4">{children}</dl>
);

interface FactProps {
  readonly name: string;
  /** It needs the whole width. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

export const Fact = ({ name, isWide = false, children }: FactProps) => (
  <div className={`min-w-0 ${isWide ? 'col-span-full' : ''}`}>
    <dt className="text-xs text-ink-soft">{name}</dt>
    <dd className="mt-0.5 text-sm break-words">{children}</dd>
  </div>
);
