import { Copy, Plus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { type Role, roleSchema } from '../../../../src/contracts/key.ts';
import { useAction } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Select, TextField } from '../../parts/fields.tsx';

/** Makes a key, and shows its secret this once. */
export function NewKey() {
  const t = useTranslations('keys');
  const [isOpen, setOpen] = useState(false);
  const [secret, setSecret] = useState<string>();

  function change(open: boolean): void {
    setOpen(open);
    if (!open) setSecret(undefined);
  }

  return (
    <>
      <Button variant="primary" icon={Plus} onClick={() => setOpen(true)}>
        {t('create')}
      </Button>
      <Dialog
        open={isOpen}
        onOpenChange={change}
        title={secret === undefined ? t('create') : t('secretTitle')}
        lead={secret === undefined ? undefined : t('secretLead')}
      >
        {secret === undefined ? <Form onMade={setSecret} /> : <Secret secret={secret} onTaken={() => change(false)} />}
      </Dialog>
    </>
  );
}

function Form({ onMade }: { readonly onMade: (secret: string) => void }) {
  const t = useTranslations('keys');
  const roles = useTranslations('shell');
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [expires, setExpires] = useState('');
  const create = useAction('createKey', {
    done: ({ key }) => t('made', { name: key.name }),
    onDone: ({ secret }) => onMade(secret),
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    const expiresAt = expires === '' ? undefined : new Date(expires).toISOString();
    create.mutate({ body: { name: name.trim(), role, expiresAt } });
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <TextField label={t('name')} hint={t('nameHint')} value={name} onChange={setName} max={60} isRequired />
      <Select
        label={t('role')}
        hint={t(`${role}Means`)}
        value={role}
        onChange={setRole}
        options={roleSchema.options.map((option) => [option, roles(`role_${option}`)])}
      />
      <TextField
        label={t('expires')}
        hint={t('expiresHint')}
        type="datetime-local"
        value={expires}
        onChange={setExpires}
      />
      <Button type="submit" variant="primary" busy={create.isPending} disabled={name.trim() === ''}>
        {t('create')}
      </Button>
    </form>
  );
}

function Secret({ secret, onTaken }: { readonly secret: string; readonly onTaken: () => void }) {
  const t = useTranslations('keys');
  const [isCopied, setCopied] = useState(false);

  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(secret);
    setCopied(true);
  }

  return (
    <>
      <code className="rounded-lg bg-sunken p-3 font-mono text-sm break-all select-all">{secret}</code>
      <div className="flex justify-end gap-2">
        {/* Browsers let pages at the clipboard over TLS and on this machine only. */}
        {isSecureContext && (
          <Button icon={Copy} onClick={() => void copy()}>
            <span aria-live="polite">{t(isCopied ? 'copied' : 'copy')}</span>
          </Button>
        )}
        <Button variant="primary" onClick={onTaken}>
          {t('gotIt')}
        </Button>
      </div>
    </>
  );
}
