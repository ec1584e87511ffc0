import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { IntlProvider } from 'use-intl';
import { en, type Words } from './en.ts';

export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

declare module 'use-intl' {
  interface AppConfig {
    Messages: typeof en;
    Locale: Language;
  }
}

const storageKey = 'boardroom.language';

/** As chosen before, else as the browser prefers. */
function firstLanguage(): Language {
  const chosen = localStorage.getItem(storageKey);
  if (chosen === 'en' || chosen === 'de') return chosen;
  return navigator.language.toLowerCase().startsWith('de') ? 'de' : 'en';
}

const LanguageContext = createContext<{ language: Language; choose: (language: Language) => void } | undefined>(
  undefined,
);

/** Words of the language, which come as a file of their own where they are not English. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage);
  const [german, setGerman] = useState<Words>();
  useEffect(() => {
    document.documentElement.lang = language;
    if (language === 'de') void import('./de.ts').then(({ de }) => setGerman(de));
  }, [language]);

  function choose(chosen: Language): void {
    localStorage.setItem(storageKey, chosen);
    setLanguage(chosen);
  }

  if (language === 'de' && german === undefined) return null;
  // The structure is the same, which `Words` has checked; the literal types of the English sentences are for their parameters.
  const messages = (language === 'de' ? german : en) as typeof en;
  return (
    <LanguageContext value={{ language, choose }}>
      <IntlProvider locale={language} messages={messages} timeZone={Intl.DateTimeFormat().resolvedOptions().timeZone}>
        {children}
      </IntlProvider>
    </LanguageContext>
  );
}

export function useLanguage() {
  const context = useContext(LanguageContext);
  if (!context) throw new Error('There is no language outside of LanguageProvider');
  return context;
}
