import { CircleCheck, CircleDashed, CircleSlash, CircleX } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { DecisionDetail } from '../../../src/contracts/decision.ts';
import { useActionWords } from './action-words.ts';
import { Moment } from './time.tsx';
import { type Tone, textTone } from './tone.ts';

type Status = DecisionDetail['onApprove'][number]['status'];

const marks: Record<Status, { readonly icon: typeof CircleCheck; readonly tone: Tone }> = {
  waiting: { icon: CircleDashed, tone: 'plain' },
  done: { icon: CircleCheck, tone: 'felt' },
  failed: { icon: CircleX, tone: 'blood' },
  dropped: { icon: CircleSlash, tone: 'plain' },
};

/** What approval sets in motion, and what came of it. */
export function OnApprove({ decision }: { readonly decision: DecisionDetail }) {
  const t = useTranslations('decisions');
  const words = useActionWords();
  if (decision.onApprove.length === 0)
    return (
      <p className="text-sm text-ink-soft">{t(decision.taskId === null ? 'onApproveNothing' : 'onApproveTask')}</p>
    );
  return (
    <ol className="flex flex-col gap-2.5">
      {decision.onApprove.map(({ action, status, outcome, executedAt }, position) => {
        const { icon: Icon, tone } = marks[status];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a decision's actions are never moved
          <li key={position} className="flex items-start gap-2 text-sm">
            <Icon aria-hidden="true" className={`mt-0.5 size-4 shrink-0 ${textTone[tone]}`} />
            <div className="min-w-0">
              <p className={`break-words ${status === 'dropped' ? 'text-ink-soft line-through' : ''}`}>
                {words(action)}
              </p>
              <p className={`text-xs break-words ${status === 'failed' ? 'text-blood' : 'text-ink-soft'}`}>
                {t(`action_${status}`)}
                {outcome !== null && `: ${outcome}`}
                {executedAt !== null && (
                  <>
                    {' · '}
                    <Moment at={executedAt} />
                  </>
                )}
              </p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
