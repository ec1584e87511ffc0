import { ListFilter } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { EventType } from '../../../../src/contracts/event.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { kindsByHead } from './kinds.ts';

interface KindsDialogProps {
  readonly types: readonly EventType[];
  readonly onChange: (types: readonly EventType[]) => void;
}

/** Which kinds of events; none chosen means all. */
export function KindsDialog({ types, onChange }: KindsDialogProps) {
  const t = useTranslations('events');
  const [isOpen, setOpen] = useState(false);
  const chosen = new Set(types);
  const toggle = (some: readonly EventType[], is: boolean) =>
    onChange(is ? [...new Set([...types, ...some])] : types.filter((type) => !some.includes(type)));
  return (
    <>
      <Button icon={ListFilter} onClick={() => setOpen(true)}>
        {types.length === 0 ? t('kinds') : t('kindsChosen', { count: types.length })}
      </Button>
      <Dialog open={isOpen} onOpenChange={setOpen} title={t('kinds')} lead={t('kindsLead')}>
        <div className="grid gap-x-6 gap-y-4 sm:grid-cols-2">
          {kindsByHead.map(([head, kinds]) => (
            <fieldset key={head} className="min-w-0">
              <legend className="mb-1 w-full border-b pb-1 text-sm font-medium">
                <label className="flex min-h-8 cursor-pointer items-center gap-2">
                  <input
                    type="checkbox"
                    className="size-4 accent-felt"
                    checked={kinds.every((kind) => chosen.has(kind))}
                    onChange={({ target }) => toggle(kinds, target.checked)}
                  />
                  {t(`head_${head}`)}
                </label>
              </legend>
              {kinds.map((kind) => (
                <label key={kind} className="flex min-h-7 cursor-pointer items-center gap-2 font-mono text-xs">
                  <input
                    type="checkbox"
                    className="size-4 accent-felt"
                    checked={chosen.has(kind)}
                    onChange={({ target }) => toggle([kind], target.checked)}
                  />
                  {kind}
                </label>
              ))}
            </fieldset>
          ))}
        </div>
        <div className="sticky -bottom-5 -mx-5 -mb-5 flex justify-end gap-2 border-t bg-sheet px-5 py-3">
          <Button onClick={() => onChange([])} disabled={types.length === 0}>
            {t('allKinds')}
          </Button>
          <Button variant="primary" onClick={() => setOpen(false)}>
            {t('done')}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
