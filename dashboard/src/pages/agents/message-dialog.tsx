import { type FormEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { type Priority, prioritySchema } from '../../../../src/contracts/task.ts';
import { useAction } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Select, TextArea } from '../../parts/fields.tsx';
import { roleName } from '../../parts/names.ts';

interface MessageDialogProps {
  readonly type: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function MessageDialog({ type, isOpen, onClose }: MessageDialogProps) {
  const t = useTranslations('agents');
  const common = useTranslations('common');
  const states = useTranslations('states');
  const [message, setMessage] = useState('');
  const [priority, setPriority] = useState<Priority>('normal');
  const send = useAction('messageAgent', {
    done: () => t('sent', { agent: roleName(type) }),
    onDone: () => {
      setMessage('');
      onClose();
    },
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    send.mutate({ params: { type }, body: { message, priority } });
  }

  return (
    <Dialog
      open={isOpen}
      onOpenChange={(open) => open || onClose()}
      title={t('messageTo', { agent: roleName(type) })}
      lead={t('messageLead')}
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextArea label={t('messageText')} value={message} onChange={setMessage} max={8_000} rows={6} isRequired />
        <Select
          label={t('priority')}
          value={priority}
          onChange={setPriority}
          options={prioritySchema.options.map((each) => [each, states(`priority_${each}`)] as const)}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="submit" variant="primary" busy={send.isPending} disabled={message.trim() === ''}>
            {t('send')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
