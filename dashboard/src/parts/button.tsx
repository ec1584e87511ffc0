import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';

const variants = {
  primary: 'bg-felt text-felt-ink border-felt hover:brightness-110',
  quiet: 'bg-sheet text-ink border-line hover:bg-sunken',
  danger: 'bg-sheet text-blood border-blood/50 hover:bg-blood-tint',
  bare: 'bg-transparent text-ink border-transparent hover:bg-sunken',
};

interface ButtonProps extends ComponentProps<'button'> {
  readonly variant?: keyof typeof variants;
  readonly icon?: LucideIcon;
  /** Under way: it can't be pressed again, and says so. */
  readonly busy?: boolean;
}

export const Button = ({
  variant = 'quiet',
  icon: Icon,
  busy = false,
  disabled,
  className = '',
  ...rest
}: ButtonProps) => (
  <button
    type="button"
    disabled={busy || disabled}
    aria-busy={busy || undefined}
    className={`inline-flex min-h-9 items-center justify-center gap-1.5 rounded-lg border px-3 py-1 text-sm font-medium whitespace-nowrap disabled:cursor-default disabled:opacity-55 ${variants[variant]} ${className}`}
    {...rest}
  >
    {Icon && <Icon aria-hidden="true" className="size-4 shrink-0" />}
    {rest.children}
  </button>
);

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  readonly icon: LucideIcon;
  /** What it does, for those who do not see the icon and as its tooltip. */
  readonly label: string;
}

export const IconButton = ({ icon: Icon, label, className = '', ...rest }: IconButtonProps) => (
  <button
    type="button"
    aria-label={label}
    title={label}
    className={`inline-flex size-9 items-center justify-center rounded-lg text-ink-soft hover:bg-sunken hover:text-ink disabled:opacity-55 ${className}`}
    {...rest}
  >
    <Icon aria-hidden="true" className="size-4.5" />
  </button>
);
