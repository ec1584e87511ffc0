import type { ReactNode } from 'react';

interface CardProps {
  readonly title?: ReactNode;
  /** Beside the title, at the end of the line. */
  readonly aside?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A sheet of paper on the table. With a title it is a landmark of its own. */
export function Card({ title, aside, className = '', children }: CardProps) {
  const frame = `rounded-card border border-line bg-sheet ${className}`;
  if (title === undefined) return <div className={frame}>{children}</div>;
  return (
    <section className={frame}>
      <header className="flex min-h-12 flex-wrap items-center justify-between gap-x-3 gap-y-1 border-b border-line px-4 py-2">
        <h2 className="text-lg">{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
