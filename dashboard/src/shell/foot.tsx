import { useQueryClient } from '@tanstack/react-query';
import { LogOut } from 'lucide-react';
import { useId } from 'react';
import { useTranslations } from 'use-intl';
import { client } from '../api/client.ts';
import { useSession } from '../api/session.tsx';
import { useConnectionState } from '../live/live.tsx';
import { Dot } from '../parts/badge.tsx';
import { IconButton } from '../parts/button.tsx';
import { type Language, languages, useLanguage } from '../words/language.tsx';

/** Who is signed in, in which language, and whether the page is live. */
export function Foot() {
  const t = useTranslations('shell');
  const { name, role } = useSession();
  const queries = useQueryClient();
  const languageId = useId();
  const { language, choose } = useLanguage();

  async function signOut(): Promise<void> {
    await client.call('endSession').catch(() => undefined);
    // Nothing of what was seen stays for the next one at this browser.
    queries.clear();
    location.reload();
  }

  return (
    <div className="flex flex-col gap-2 border-t p-4 text-sm">
      <ConnectionMark />
      <div className="flex items-center justify-between gap-2">
        <span className="min-w-0 truncate text-ink-soft">{t('signedInAs', { name, role: t(`role_${role}`) })}</span>
        <IconButton icon={LogOut} label={t('signOut')} onClick={() => void signOut()} />
      </div>
      <label htmlFor={languageId} className="sr-only">
        {t('language')}
      </label>
      <select
        id={languageId}
        value={language}
        onChange={({ target }) => choose(target.value as Language)}
        className="min-h-9 rounded-lg border border-line-strong bg-sheet px-2"
      >
        {Object.entries(languages).map(([code, word]) => (
          <option key={code} value={code} lang={code}>
            {word}
          </option>
        ))}
      </select>
    </div>
  );
}

function ConnectionMark() {
  const t = useTranslations('shell');
  const { kind } = useConnectionState();
  const tone = kind === 'live' ? 'felt' : kind === 'lost' ? 'blood' : 'sky';
  return (
    <span className="flex items-center gap-2 text-ink-soft">
      <Dot tone={tone} isBusy={kind === 'connecting'} />
      {t(kind)}
    </span>
  );
}
