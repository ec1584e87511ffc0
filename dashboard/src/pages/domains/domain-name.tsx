import { useTranslations } from 'use-intl';
import { unicodeOf } from './idn.ts';

/** A domain as machines know it; beside it, where it is an international one, how it looks to people. */
export function DomainName({ domain }: { readonly domain: string }) {
  const t = useTranslations('domains');
  const unicode = unicodeOf(domain);
  return (
    <span className="min-w-0 break-all">
      <span className="font-mono text-sm">{domain === '*' ? t('others') : domain}</span>
      {unicode !== undefined && (
        <span className="ml-2 inline-block text-xs whitespace-nowrap text-ink-soft">
          {t.rich('looksLike', { name: () => <bdi className="text-ink">{unicode}</bdi> })}
        </span>
      )}
    </span>
  );
}
