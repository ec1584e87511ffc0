import { type ReactNode, useId } from 'react';

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What is wrong with it, in words. */
  readonly error?: string | undefined;
  readonly isRequired?: boolean;
  /** The label is there for those who hear the page, not on the screen. */
  readonly isLabelHidden?: boolean;
}

const control =
  'w-full min-h-9 rounded-lg border border-line-strong bg-sheet px-3 py-1.5 text-sm text-ink placeholder:text-ink-soft aria-invalid:border-blood';

function Frame({
  id,
  label,
  hint,
  error,
  isLabelHidden = false,
  children,
}: FieldProps & { readonly id: string; readonly children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className={isLabelHidden ? 'sr-only' : 'text-sm font-medium'}>
        {label}
      </label>
      {children}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-xs text-ink-soft">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className="text-xs text-blood">
          {error}
        </p>
      )}
    </div>
  );
}

const attributes = (id: string, { hint, error, isRequired }: FieldProps) => ({
  id,
  required: isRequired,
  'aria-invalid': error !== undefined || undefined,
  'aria-describedby':
    [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean).join(' ') || undefined,
});

interface TextProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly max?: number;
  readonly placeholder?: string;
}

interface TextFieldProps extends TextProps {
  readonly type?: 'text' | 'password' | 'number' | 'search' | 'datetime-local';
  readonly autoComplete?: string;
}

export function TextField({
  value,
  onChange,
  max,
  placeholder,
  type = 'text',
  autoComplete = 'off',
  ...field
}: TextFieldProps) {
  const id = useId();
  return (
    <Frame id={id} {...field}>
      <input
        {...attributes(id, field)}
        className={control}
        type={type}
        value={value}
        maxLength={max}
        placeholder={placeholder}
        autoComplete={autoComplete}
        onChange={({ target }) => onChange(target.value)}
      />
    </Frame>
  );
}

export function TextArea({
  value,
  onChange,
  max,
  placeholder,
  rows = 4,
  ...field
}: TextProps & { readonly rows?: number }) {
  const id = useId();
  return (
    <Frame id={id} {...field}>
      <textarea
        {...attributes(id, field)}
        className={`${control} resize-y`}
        rows={rows}
        value={value}
        maxLength={max}
        placeholder={placeholder}
        onChange={({ target }) => onChange(target.value)}
      />
    </Frame>
  );
}

interface SelectProps<T extends string> extends FieldProps {
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly options: readonly (readonly [value: T, label: string])[];
}

export function Select<T extends string>({ value, onChange, options, ...field }: SelectProps<T>) {
  const id = useId();
  return (
    <Frame id={id} {...field}>
      <select
        {...attributes(id, field)}
        className={control}
        value={value}
        onChange={({ target }) => {
          const chosen = options.find(([option]) => option === target.value);
          if (chosen) onChange(chosen[0]);
        }}
      >
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </Frame>
  );
}
