import { useFormatter, useTranslations } from 'use-intl';
import { useRoute } from '../../api/queries.ts';
import { Card } from '../../parts/card.tsx';
import { useMoney } from '../../parts/money.ts';
import { Loaded } from '../../parts/states.tsx';

interface SpendByModelProps {
  readonly type: string;
  readonly from: string;
}

export function SpendByModel({ type, from }: SpendByModelProps) {
  const t = useTranslations('agents');
  const format = useFormatter();
  const money = useMoney();
  const usage = useRoute('getUsage', { query: { groupBy: 'model', agent: type, from } });
  if (usage.data?.usage.length === 0) return null;
  return (
    <Card title={t('byModel')} className="overflow-hidden">
      <Loaded query={usage} lines={2}>
        {({ usage: rows }) => (
          <ul className="divide-y">
            {rows.map(({ model, calls, failedCalls, inputTokens, outputTokens, costMicroUsd }) => (
              <li key={model} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-2.5 text-sm">
                <span className="min-w-0 grow font-medium break-all">{model}</span>
                <span>{money(costMicroUsd)}</span>
                <dl className="flex w-full flex-wrap gap-x-4 text-xs text-ink-soft">
                  <Figure name={t('callsName')}>{format.number(calls)}</Figure>
                  {failedCalls > 0 && <Figure name={t('failedName')}>{format.number(failedCalls)}</Figure>}
                  <Figure name={t('tokensIn')}>{format.number(inputTokens)}</Figure>
                  <Figure name={t('tokensOut')}>{format.number(outputTokens)}</Figure>
                </dl>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}

const Figure = ({ name, children }: { readonly name: string; readonly children: string }) => (
  <div className="flex gap-1">
    <dt>{name}</dt>
    <dd className="text-ink">{children}</dd>
  </div>
);
