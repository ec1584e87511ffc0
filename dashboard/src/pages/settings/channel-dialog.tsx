import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useAction } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { useErrorWords } from '../../parts/error-words.ts';
import { Select, TextField } from '../../parts/fields.tsx';
import {
  type ChannelDraft,
  type ChannelKind,
  channelOf,
  emptyChannel,
  fieldsOf,
  isWhole,
  secretFields,
} from './channel-fields.ts';

interface ChannelDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function ChannelDialog({ open, onOpenChange }: ChannelDialogProps) {
  const t = useTranslations('settings');
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('addChannel')} lead={t('addChannelLead')}>
      <ChannelForm onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

/** A channel of any kind. A secret that was made for it is shown once, before the dialog goes. */
function ChannelForm({ onDone }: { readonly onDone: () => void }) {
  const t = useTranslations('settings');
  const words = useErrorWords();
  const [draft, setDraft] = useState<ChannelDraft>(emptyChannel);
  const put = (change: Partial<ChannelDraft>) => setDraft((before) => ({ ...before, ...change }));
  const add = useAction('addChannel', {
    done: ({ channel }) => t('channelAdded', { name: channel.name }),
    onDone: ({ secret }) => secret === undefined && onDone(),
  });
  const secret = add.data?.secret;
  if (secret !== undefined) return <MadeSecret secret={secret} onDone={onDone} />;

  function save(event: FormEvent): void {
    event.preventDefault();
    add.mutate({ body: channelOf(draft) });
  }

  return (
    <form onSubmit={save} className="flex flex-col gap-3">
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField label={t('channelName')} value={draft.name} onChange={(name) => put({ name })} isRequired />
        <Select<ChannelKind>
          label={t('channelKind')}
          value={draft.kind}
          onChange={(kind) => put({ kind })}
          options={(['webhook', 'slack', 'telegram', 'email'] as const).map((kind) => [kind, t(`kind_${kind}`)])}
        />
        <Target draft={draft} onDraft={put} />
        <Select
          label={t('least')}
          value={draft.least}
          onChange={(least) => put({ least })}
          options={[
            ['normal', t('least_normal')],
            ['high', t('least_high')],
            ['critical', t('least_critical')],
          ]}
        />
      </div>
      <Tick isSet={draft.answerLinks} onChange={(answerLinks) => put({ answerLinks })}>
        {t('answerLinksLead')}
      </Tick>
      <Tick isSet={draft.allowPrivate} onChange={(allowPrivate) => put({ allowPrivate })}>
        {t('allowPrivate')}
      </Tick>
      {add.error && (
        <p role="alert" className="text-sm break-words text-blood">
          {words(add.error)}
        </p>
      )}
      <Button type="submit" variant="primary" className="self-end" busy={add.isPending} disabled={!isWhole(draft)}>
        {t('addChannel')}
      </Button>
    </form>
  );
}

interface TargetProps {
  readonly draft: ChannelDraft;
  readonly onDraft: (change: Partial<ChannelDraft>) => void;
}

function Target({ draft, onDraft }: TargetProps) {
  const t = useTranslations('settings');
  return (
    <>
      {fieldsOf[draft.kind].map(([field, isRequired]) => (
        <TextField
          key={field}
          label={t(`field_${field}`)}
          type={secretFields.has(field) ? 'password' : 'text'}
          autoComplete={secretFields.has(field) ? 'new-password' : 'off'}
          value={draft.texts[field] ?? ''}
          onChange={(text) => onDraft({ texts: { ...draft.texts, [field]: text } })}
          isRequired={isRequired}
          hint={field === 'secret' ? t('secretHint') : undefined}
        />
      ))}
      {draft.kind === 'email' && (
        <Select
          label={t('tls')}
          value={draft.tls}
          onChange={(tls) => onDraft({ tls })}
          options={[
            ['starttls', 'STARTTLS'],
            ['implicit', 'TLS'],
            ['none', t('tlsNone')],
          ]}
        />
      )}
    </>
  );
}

interface TickProps {
  readonly isSet: boolean;
  readonly onChange: (isSet: boolean) => void;
  readonly children: ReactNode;
}

const Tick = ({ isSet, onChange, children }: TickProps) => (
  <label className="flex items-start gap-2 text-sm">
    <input
      type="checkbox"
      checked={isSet}
      onChange={({ target }) => onChange(target.checked)}
      className="mt-0.5 size-4 accent-felt"
    />
    {children}
  </label>
);

function MadeSecret({ secret, onDone }: { readonly secret: string; readonly onDone: () => void }) {
  const t = useTranslations('settings');
  const common = useTranslations('common');
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm">{t('madeSecret')}</p>
      <code className="rounded-lg bg-sunken p-3 font-mono text-xs break-all select-all">{secret}</code>
      <Button className="self-end" onClick={onDone}>
        {common('close')}
      </Button>
    </div>
  );
}
