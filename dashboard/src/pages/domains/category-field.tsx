import { useTranslations } from 'use-intl';
import { TextField } from '../../parts/fields.tsx';

/** What a domain is for, in a word that the whitelist can be searched by. */
export function CategoryField(field: { readonly value: string; readonly onChange: (value: string) => void }) {
  const t = useTranslations('domains');
  return (
    <TextField label={t('category')} hint={t('categoryHint')} max={40} isRequired placeholder="research" {...field} />
  );
}
