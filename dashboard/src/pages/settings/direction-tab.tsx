import { useId, useState } from 'react';
import { useTranslations } from 'use-intl';
import { type Focus, type FocusName, focusNames } from '../../../../src/contracts/focus.ts';
import { useAction, useRoute } from '../../api/queries.ts';
import { useMay } from '../../api/session.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Loaded } from '../../parts/states.tsx';

/** What the team leans towards: sliders between two ends. */
export function DirectionTab() {
  const t = useTranslations('settings');
  const focus = useRoute('getFocus');
  return (
    <Card title={t('direction')} className="max-w-3xl">
      <p className="px-4 pt-3 text-sm text-ink-soft">{t('directionLead')}</p>
      <Loaded query={focus} lines={8}>
        {(known) => <Sliders key={JSON.stringify(known)} focus={known} />}
      </Loaded>
    </Card>
  );
}

function Sliders({ focus }: { readonly focus: Focus }) {
  const t = useTranslations('settings');
  const common = useTranslations('common');
  const mayChange = useMay('operator');
  const [draft, setDraft] = useState(focus);
  const change = useAction('changeFocus', { done: () => t('directionChanged') });
  const changed = focusNames.filter((name) => draft[name] !== focus[name]);
  return (
    <form
      className="flex flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate({ body: Object.fromEntries(changed.map((name) => [name, draft[name]])) });
      }}
    >
      <div className="flex flex-col divide-y">
        {focusNames.map((name) => (
          <Slider
            key={name}
            name={name}
            value={draft[name]}
            isFixed={!mayChange}
            onChange={(value) => setDraft((before) => ({ ...before, [name]: value }))}
          />
        ))}
      </div>
      {mayChange && (
        <div className="flex justify-end gap-2 border-t p-3">
          <Button disabled={changed.length === 0} onClick={() => setDraft(focus)}>
            {t('discard')}
          </Button>
          <Button type="submit" variant="primary" busy={change.isPending} disabled={changed.length === 0}>
            {common('save')}
          </Button>
        </div>
      )}
    </form>
  );
}

interface SliderProps {
  readonly name: FocusName;
  readonly value: number;
  readonly isFixed: boolean;
  readonly onChange: (value: number) => void;
}

function Slider({ name, value, isFixed, onChange }: SliderProps) {
  const t = useTranslations('settings');
  const id = useId();
  const [low, high] = [t(`focus_${name}_low`), t(`focus_${name}_high`)];
  return (
    <div className="flex flex-col gap-1.5 px-4 py-4">
      <div className="flex items-baseline justify-between gap-3">
        <label htmlFor={id} className="font-medium">
          {t(`focus_${name}`)}
        </label>
        <output htmlFor={id} className="font-serif text-lg">
          {value}
        </output>
      </div>
      <input
        id={id}
        type="range"
        min={0}
        max={100}
        step={5}
        value={value}
        disabled={isFixed}
        aria-valuetext={t('leaning', { value, low, high })}
        onChange={({ target }) => onChange(Number(target.value))}
        className="h-6 w-full accent-felt"
      />
      <div aria-hidden="true" className="flex justify-between gap-4 text-xs text-ink-soft">
        <span>{low}</span>
        <span className="text-right">{high}</span>
      </div>
    </div>
  );
}
