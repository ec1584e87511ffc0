import { useTranslations } from 'use-intl';
import type { DomainRequest } from '../../../../src/contracts/domain.ts';
import { nameOf } from '../../parts/names.ts';
import { type Tone, textTone } from '../../parts/tone.ts';
import { About, Fact, Facts } from './about.tsx';

const safeFrom = 70;
const doubtfulFrom = 40;
const toneOf = (score: number): Tone => (score >= safeFrom ? 'felt' : score >= doubtfulFrom ? 'plain' : 'blood');

/** Who wants to reach what, why, and what its name tells. */
export function AboutDomain({ request }: { readonly request: DomainRequest }) {
  const t = useTranslations('inbox');
  const { domain, requestedBy, reason, url, securityScore, findings, suggestedCategory } = request;
  return (
    <>
      <About title={t('reason')}>
        <p className="break-words whitespace-pre-wrap">{reason === '' ? t('noReason') : reason}</p>
      </About>
      <About title={t('request')}>
        <Facts>
          <Fact name={t('domain')}>
            <code className="font-mono">{domain}</code>
          </Fact>
          <Fact name={t('askedBy')}>{nameOf(requestedBy)}</Fact>
          <Fact name={t('category')}>{suggestedCategory}</Fact>
          {url !== null && (
            <Fact isLong name={t('url')}>
              <code className="font-mono text-xs break-all">{url}</code>
            </Fact>
          )}
        </Facts>
      </About>
      <About title={t('score')}>
        <p className="flex items-baseline gap-2">
          <span className={`font-serif text-3xl leading-none ${textTone[toneOf(securityScore)]}`}>{securityScore}</span>
          <span className="text-sm text-ink-soft">{t('ofHundred')}</span>
        </p>
        {findings.length === 0 ? (
          <p className="mt-2 text-sm text-ink-soft">{t('noFindings')}</p>
        ) : (
          <ul className="mt-2 list-disc pl-5 text-sm">
            {findings.map((finding) => (
              <li key={finding}>{finding}</li>
            ))}
          </ul>
        )}
      </About>
    </>
  );
}
