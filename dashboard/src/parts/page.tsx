import { type ReactNode, useEffect } from 'react';

interface PageProps {
  readonly title: string;
  /** Above the title: where this belongs, such as a link back. */
  readonly above?: ReactNode;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of every page: one heading, what can be done here, and the tab's name. */
export function Page({ title, above, lead, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Boardroom`;
  }, [title]);
  return (
    <div className="mx-auto flex w-full max-w-7xl flex-col gap-4 px-4 py-5 sm:px-6 lg:px-8 lg:py-7">
      {above}
      <header className="flex flex-wrap items-end justify-between gap-3">
        <div className="min-w-0">
          <h1 className="text-3xl leading-tight break-words">{title}</h1>
          {lead !== undefined && <div className="mt-1 text-ink-soft">{lead}</div>}
        </div>
        {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
