import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

interface TabsProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly tabs: readonly { readonly value: T; readonly label: ReactNode; readonly content: ReactNode }[];
}

/** Sides of one thing; only the one that is looked at is there. Arrow keys go from one to the next. */
export const Tabs = <T extends string>({ label, value, onChange, tabs }: TabsProps<T>) => (
  <Base.Root value={value} onValueChange={(chosen: T) => onChange(chosen)} className="flex min-w-0 flex-col gap-4">
    <Base.List aria-label={label} className="flex gap-1 overflow-x-auto border-b">
      {tabs.map((tab) => (
        <Base.Tab
          key={tab.value}
          value={tab.value}
          className="-mb-px min-h-10 border-b-2 border-transparent px-3 text-sm font-medium whitespace-nowrap text-ink-soft hover:text-ink data-active:border-felt data-active:text-felt"
        >
          {tab.label}
        </Base.Tab>
      ))}
    </Base.List>
    {tabs.map((tab) => (
      <Base.Panel key={tab.value} value={tab.value} className="min-w-0">
        {tab.content}
      </Base.Panel>
    ))}
  </Base.Root>
);
