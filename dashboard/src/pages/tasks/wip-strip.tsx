import { useTranslations } from 'use-intl';
import type { Task } from '../../../../src/contracts/task.ts';
import { useRoute } from '../../api/queries.ts';
import { roleName } from '../../parts/names.ts';

interface WipStripProps {
  readonly inProgress: readonly Task[];
  readonly chosen: string | undefined;
  readonly onChoose: (assignee: string | undefined) => void;
}

/** How much each agent has in its hands, of how much it may; a press shows its tasks alone. */
export function WipStrip({ inProgress, chosen, onChoose }: WipStripProps) {
  const t = useTranslations('tasks');
  const agents = useRoute('listAgents').data?.agents ?? [];
  const settings = useRoute('getSettings').data?.settings;
  const max = Number(settings?.['tasks']?.['max_concurrent_per_agent'] ?? Number.NaN);
  if (agents.length === 0 || !Number.isFinite(max)) return <div className="h-9" />;
  return (
    <ul aria-label={t('wip')} className="relative flex min-w-0 gap-1.5 overflow-x-auto p-0.5 lg:flex-wrap">
      {agents.map(({ type }) => {
        const count = inProgress.filter(({ assignedTo }) => assignedTo === type).length;
        return (
          <li key={type}>
            <button
              type="button"
              aria-pressed={chosen === type}
              onClick={() => onChoose(chosen === type ? undefined : type)}
              className="flex min-h-8 items-center gap-2 rounded-full border bg-sheet px-3 text-sm hover:border-line-strong aria-pressed:border-felt aria-pressed:bg-felt-tint"
            >
              <span className="sr-only">{t('wipOf', { agent: roleName(type), count, max })}</span>
              <span aria-hidden="true" className="font-medium">
                {roleName(type)}
              </span>
              <Slots count={count} max={max} />
              {count >= max && <span className="text-xs text-sky">{t('wipFull')}</span>}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

const slotsDrawn = 6;

/** As dots where they can be counted at a glance, else in figures. */
function Slots({ count, max }: { readonly count: number; readonly max: number }) {
  if (max > slotsDrawn) {
    return (
      <span aria-hidden="true" className="text-xs text-ink-soft">
        {count}/{max}
      </span>
    );
  }
  return (
    <span aria-hidden="true" className="flex gap-0.5">
      {Array.from({ length: max }, (_, slot) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: slots are told apart by their place alone
          key={slot}
          className={`size-2 rounded-full border ${slot < count ? 'border-sky bg-sky' : 'border-line-strong'}`}
        />
      ))}
    </span>
  );
}
