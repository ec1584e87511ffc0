import { useNavigate } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { useRoute } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Select, TextField } from '../../parts/fields.tsx';
import { roleName } from '../../parts/names.ts';
import { KindsDialog } from './kinds-dialog.tsx';
import { type EventsSearch, typesOf } from './search.ts';
import { JumpDialog, SpanDialog } from './time-dialogs.tsx';

const settleMs = 350;
const short = { dateStyle: 'short', timeStyle: 'short' } as const;

/** Which events are in the list. What is chosen stands in the address. */
export function Filters({ search }: { readonly search: EventsSearch }) {
  const t = useTranslations('events');
  const navigate = useNavigate();
  const agents = useRoute('listAgents');
  const change = (part: Partial<EventsSearch>) =>
    void navigate({ to: '/events', search: { ...search, ...part }, replace: true });
  const types = agents.data?.agents.map(({ type }) => type) ?? [];
  // An agent that is no longer there has left its events.
  const options = search.agent === undefined || types.includes(search.agent) ? types : [...types, search.agent];
  return (
    <div className="flex flex-col gap-2">
      <search className="flex flex-wrap items-end gap-2">
        <div className="min-w-52 grow">
          <SearchText text={search.text ?? ''} onChange={(text) => change({ text: text === '' ? undefined : text })} />
        </div>
        <div className="w-36">
          <Select
            label={t('agent')}
            isLabelHidden
            value={search.agent ?? ''}
            onChange={(agent) => change({ agent: agent === '' ? undefined : agent })}
            options={[['', t('allAgents')], ...options.map((type) => [type, roleName(type)] as const)]}
          />
        </div>
        <KindsDialog types={typesOf(search)} onChange={(kinds) => change({ types: kinds.join(',') || undefined })} />
        <SpanDialog search={search} onChange={change} />
        <JumpDialog search={search} onChange={change} />
      </search>
      <Chosen search={search} onChange={change} />
    </div>
  );
}

function SearchText({ text, onChange }: { readonly text: string; readonly onChange: (text: string) => void }) {
  const t = useTranslations('events');
  const [value, setValue] = useState(text);
  const [known, setKnown] = useState(text);
  if (known !== text) {
    setKnown(text);
    if (value.trim() !== text) setValue(text);
  }
  const settle = useEffectEvent(() => {
    if (value.trim() !== text) onChange(value.trim());
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each letter begins the wait anew
  useEffect(() => {
    const timer = setTimeout(settle, settleMs);
    return () => clearTimeout(timer);
  }, [value]);
  return (
    <TextField
      label={t('text')}
      isLabelHidden
      type="search"
      max={200}
      placeholder={t('text')}
      value={value}
      onChange={setValue}
    />
  );
}

interface ChosenProps {
  readonly search: EventsSearch;
  readonly onChange: (part: Partial<EventsSearch>) => void;
}

/** What is chosen and not seen elsewhere, each to be taken back. */
function Chosen({ search, onChange }: ChosenProps) {
  const t = useTranslations('events');
  const format = useFormatter();
  const when = (moment: string) => format.dateTime(new Date(moment), short);
  const types = typesOf(search);
  const chips = [
    ...types.map((type) => ({
      text: type,
      without: { types: types.filter((other) => other !== type).join(',') || undefined },
    })),
    ...(search.from === undefined
      ? []
      : [{ text: t('since', { when: when(search.from) }), without: { from: undefined } }]),
    ...(search.to === undefined ? [] : [{ text: t('until', { when: when(search.to) }), without: { to: undefined } }]),
    ...(search.at === undefined ? [] : [{ text: t('jumped', { when: when(search.at) }), without: { at: undefined } }]),
  ];
  if (chips.length === 0) return null;
  return (
    <ul aria-label={t('chosen')} className="flex flex-wrap items-center gap-2">
      {chips.map(({ text, without }) => (
        <li key={text}>
          <button
            type="button"
            onClick={() => onChange(without)}
            aria-label={t('without', { what: text })}
            className="inline-flex min-h-8 items-center gap-1.5 rounded-full bg-felt-tint px-3 text-xs font-medium text-felt"
          >
            {text}
            <X aria-hidden="true" className="size-3.5" />
          </button>
        </li>
      ))}
      <li>
        <Button
          variant="bare"
          onClick={() =>
            onChange({
              types: undefined,
              agent: undefined,
              text: undefined,
              from: undefined,
              to: undefined,
              at: undefined,
            })
          }
        >
          {t('clear')}
        </Button>
      </li>
    </ul>
  );
}
