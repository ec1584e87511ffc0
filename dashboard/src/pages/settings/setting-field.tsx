import { useTranslations } from 'use-intl';
import type { SettingUnit } from '../../../../src/contracts/setting-entry.ts';
import { Choice } from '../../parts/choice.tsx';
import { Select, TextArea, TextField } from '../../parts/fields.tsx';
import { durationOf, type Kind } from './kinds.ts';

interface SettingFieldProps {
  readonly kind: Kind;
  readonly unit: SettingUnit | null;
  readonly draft: string;
  readonly onDraft: (draft: string) => void;
  readonly error: string | undefined;
}

const jsonRowsMax = 16;

/** The field that fits what the setting takes. */
export function SettingField({ kind, unit, draft, onDraft, error }: SettingFieldProps) {
  const t = useTranslations('settings');
  const field = { label: t('value'), value: draft, onChange: onDraft, error };
  switch (kind.kind) {
    case 'switch':
      return (
        <Choice
          label={t('value')}
          value={draft === 'true' ? 'true' : 'false'}
          onChange={onDraft}
          options={[
            ['false', t('off')],
            ['true', t('on')],
          ]}
        />
      );
    case 'choice':
      return <Select {...field} options={kind.options.map((option) => [option, option] as const)} />;
    case 'number':
      return <TextField {...field} hint={<Bounds kind={kind} unit={unit} draft={draft} />} />;
    case 'text':
    case 'verbatim':
      return <TextField {...field} hint={t('emptyIsNone')} />;
    case 'json':
      return (
        <div className="font-mono [&_textarea]:text-xs">
          <TextArea {...field} rows={Math.min(jsonRowsMax, Math.max(4, draft.split('\n').length))} />
        </div>
      );
  }
}

type NumberKind = Extract<Kind, { kind: 'number' }>;

/** What the number means, and between what it has to be. */
function Bounds({ kind, unit, draft }: Pick<SettingFieldProps, 'unit' | 'draft'> & { readonly kind: NumberKind }) {
  const t = useTranslations('settings');
  const value = Number(draft);
  const say = (bound: number | undefined) =>
    bound === undefined ? '…' : unit === null ? String(bound) : `${bound} (${durationOf(bound, unit)})`;
  const unitWord = unit === null ? '' : t(`unit_${unit}`);
  const meaning = unit !== null && draft.trim() !== '' && value >= 0 ? ` = ${durationOf(value, unit)}` : '';
  return (
    <>
      {unit !== null && <span className="font-medium text-ink">{`${unitWord}${meaning}. `}</span>}
      {t('between', { min: say(kind.min), max: say(kind.max) })}
    </>
  );
}
