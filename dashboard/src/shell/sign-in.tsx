import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { createClient } from '../../../src/contracts/client.ts';
import { client } from '../api/client.ts';
import { Button } from '../parts/button.tsx';
import { useErrorWords } from '../parts/error-words.ts';
import { TextField } from '../parts/fields.tsx';

const command = () => <code className="rounded bg-sunken px-1 font-mono text-sm">npx boardroom dashboard</code>;

/** Nobody is signed in: a key is traded for a session, and kept nowhere. */
export function SignIn() {
  const t = useTranslations('shell');
  const queries = useQueryClient();
  const words = useErrorWords();
  const [key, setKey] = useState('');
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [isLinkUsed, setLinkUsed] = useState(false);

  useEffect(() => {
    const code = takeCode();
    if (code === undefined) return;
    client
      .call('openSession', { body: { code } })
      .then(() => queries.invalidateQueries())
      .catch(() => setLinkUsed(true));
  }, [queries]);

  async function signIn(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    try {
      await createClient({ url: '', key: key.trim(), fetch: (url, init) => fetch(url, init) }).call('createSession');
      setKey('');
      await queries.invalidateQueries();
    } catch (problem) {
      setError(words(problem));
    } finally {
      setBusy(false);
    }
  }

  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <form
        onSubmit={(event) => void signIn(event)}
        className="flex w-full max-w-md flex-col gap-4 rounded-2xl border bg-sheet p-7"
      >
        <h1 className="text-3xl">Boardroom</h1>
        <p className={isLinkUsed ? 'text-brass' : 'text-ink-soft'} role={isLinkUsed ? 'alert' : undefined}>
          {t.rich(isLinkUsed ? 'linkUsed' : 'signInLead', { command })}
        </p>
        <TextField label={t('key')} type="password" value={key} onChange={setKey} error={error} isRequired />
        <Button type="submit" variant="primary" busy={isBusy} disabled={key.trim() === ''}>
          {t('signIn')}
        </Button>
      </form>
    </main>
  );
}

/** The code of a link, which is taken out of the address at once: it is good for one time, and must not be in the history. */
function takeCode(): string | undefined {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (code === null) return undefined;
  history.replaceState(null, '', location.pathname + location.search);
  return code;
}
