import type { UseQueryResult } from '@tanstack/react-query';
import { type LucideIcon, RefreshCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from './button.tsx';
import { useErrorWords } from './error-words.ts';

interface EmptyProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly children?: ReactNode;
}

/** Nothing there, and why that is fine or what to do about it. */
export const Empty = ({ icon: Icon, title, children }: EmptyProps) => (
  <div className="flex flex-col items-center gap-1 px-6 py-10 text-center">
    <Icon aria-hidden="true" className="mb-1 size-7 text-line-strong" strokeWidth={1.5} />
    <p className="font-medium">{title}</p>
    {children !== undefined && <div className="max-w-prose text-sm text-ink-soft">{children}</div>}
  </div>
);

export const Skeleton = ({ lines = 3 }: { readonly lines?: number }) => {
  const t = useTranslations('common');
  return (
    <div role="status" data-loading className="flex flex-col gap-3 p-4">
      <span className="sr-only">{t('loading')}</span>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars without an identity
        <div key={line} className="h-5 rounded bg-sunken motion-safe:animate-pulse-soft" />
      ))}
    </div>
  );
};

export const Failure = ({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) => {
  const t = useTranslations('common');
  const words = useErrorWords();
  return (
    <div role="alert" className="flex flex-col items-center gap-2 px-6 py-8 text-center">
      <TriangleAlert aria-hidden="true" className="size-7 text-blood" strokeWidth={1.5} />
      <p className="max-w-prose break-words">{words(error)}</p>
      {onRetry && (
        <Button icon={RefreshCw} onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
    </div>
  );
};

interface LoadedProps<T> {
  readonly query: UseQueryResult<T>;
  readonly lines?: number;
  readonly children: (data: T) => ReactNode;
}

/** An answer once it is there; before, what it will look like; and its error in words. An error later leaves what was known. */
export function Loaded<T>({ query, lines = 3, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  return <Skeleton lines={lines} />;
}
