import { CalendarRange, Crosshair } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { TextField } from '../../parts/fields.tsx';
import { instantOf, localOf } from './local-time.ts';
import type { EventsSearch } from './search.ts';

interface TimeDialogProps {
  readonly search: EventsSearch;
  readonly onChange: (part: Partial<EventsSearch>) => void;
}

const hourMs = 3_600_000;
const spans = [
  ['lastHour', hourMs],
  ['lastDay', 24 * hourMs],
  ['lastWeek', 7 * 24 * hourMs],
] as const;

/** From when to when. */
export function SpanDialog({ search, onChange }: TimeDialogProps) {
  const t = useTranslations('events');
  const [isOpen, setOpen] = useState(false);
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');

  function choose(part: Partial<EventsSearch>): void {
    onChange({ ...part, at: undefined });
    setOpen(false);
  }
  function open(): void {
    setFrom(localOf(search.from));
    setTo(localOf(search.to));
    setOpen(true);
  }
  const isWrong = from !== '' && to !== '' && from >= to;
  return (
    <>
      <Button icon={CalendarRange} onClick={open}>
        {t('span')}
      </Button>
      <Dialog open={isOpen} onOpenChange={setOpen} title={t('span')} lead={t('spanLead')}>
        <form
          className="flex flex-col gap-4"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            choose({ from: instantOf(from), to: instantOf(to) });
          }}
        >
          <div className="flex flex-wrap gap-2">
            {spans.map(([name, ms]) => (
              <Button
                key={name}
                onClick={() => choose({ from: new Date(Date.now() - ms).toISOString(), to: undefined })}
              >
                {t(name)}
              </Button>
            ))}
          </div>
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField type="datetime-local" label={t('from')} value={from} onChange={setFrom} />
            <TextField
              type="datetime-local"
              label={t('to')}
              value={to}
              onChange={setTo}
              error={isWrong ? t('spanWrong') : undefined}
            />
          </div>
          <div className="flex justify-end gap-2">
            <Button onClick={() => choose({ from: undefined, to: undefined })}>{t('anyTime')}</Button>
            <Button type="submit" variant="primary" disabled={isWrong}>
              {t('show')}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}

/** To a moment, with what came before below and what came after above. */
export function JumpDialog({ search, onChange }: TimeDialogProps) {
  const t = useTranslations('events');
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState('');
  return (
    <>
      <Button
        icon={Crosshair}
        onClick={() => {
          setAt(localOf(search.at ?? new Date().toISOString()));
          setOpen(true);
        }}
      >
        {t('jump')}
      </Button>
      <Dialog open={isOpen} onOpenChange={setOpen} title={t('jumpTitle')} lead={t('jumpLead')}>
        <form
          className="flex flex-col gap-4"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            onChange({ at: instantOf(at) });
            setOpen(false);
          }}
        >
          <TextField type="datetime-local" label={t('moment')} value={at} onChange={setAt} isRequired />
          <div className="flex justify-end gap-2">
            <Button
              onClick={() => {
                onChange({ at: undefined });
                setOpen(false);
              }}
            >
              {t('toNow')}
            </Button>
            <Button type="submit" variant="primary" disabled={instantOf(at) === undefined}>
              {t('jump')}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
