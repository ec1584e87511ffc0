import type { ReactNode } from 'react';

/** A part of what one has to know to decide. */
export const About = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section className="border-t px-5 py-4">
    <h3 className="mb-2 text-xs font-medium tracking-widest text-ink-soft uppercase">{title}</h3>
    {children}
  </section>
);

interface FactProps {
  readonly name: string;
  /** It takes the whole line. */
  readonly isLong?: boolean;
  readonly children: ReactNode;
}

export const Fact = ({ name, isLong = false, children }: FactProps) => (
  <div className={isLong ? 'col-span-full min-w-0' : 'min-w-0'}>
    <dt className="text-xs text-ink-soft">{name}</dt>
    <dd className="mt-0.5 break-words">{children}</dd>
  </div>
);

export const Facts = ({ children }: { readonly children: ReactNode }) => (
  <dl className="grid grid-cols-2 gap-x-6 gap-y-3 text-sm sm:grid-cols-3">{children}</dl>
);
