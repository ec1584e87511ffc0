import type { Answer } from '../../contracts/client.ts';
import { limitOption, moment } from '../arguments.ts';
import { count, dollars } from '../text/amount.ts';
import type { Column } from '../text/table.ts';
import { noteMore } from './more.ts';
import type { Register } from './register.ts';

type Budget = Answer<'getBudgets'>['budgets'][number];
type Usage = Answer<'getUsage'>['usage'][number];

/** `budgets` and `usage`. */
export const addBudgetCommands: Register = (program, open) => {
  program
    .command('budgets')
    .description('what thinking may cost, and how much of it is gone')
    .action(async () => {
      const { client, screen } = await open();
      screen.show(await client.call('getBudgets'), ({ budgets }, { table, time }) =>
        table(
          [
            { head: 'BUDGET', cell: ({ budget }) => budget },
            { head: 'LIMIT', cell: (row) => amountOf(row, row.limit), align: 'right' },
            { head: 'SPENT', cell: (row) => amountOf(row, row.spent), align: 'right' },
            { head: 'RESERVED', cell: (row) => amountOf(row, row.reserved), align: 'right' },
            { head: 'GONE', cell: goneOf, align: 'right' },
            { head: 'BEGINS ANEW', cell: ({ periodEnd }) => time(periodEnd) },
          ],
          budgets,
        ),
      );
    });
  program
    .command('usage')
    .description('calls, tokens and cost of models; the last 30 days')
    .option('--from <moment>', 'such as 2030-01-31', moment)
    .option('--to <moment>', 'such as 2030-02-28', moment)
    .option('-b, --by <what>', 'agent, model, day, or several with commas between', 'agent')
    .addOption(limitOption(200))
    .action(async ({ from, to, by, limit }) => {
      const { client, screen } = await open();
      const page = await client.call('getUsage', { query: { from, to, groupBy: by, limit } });
      screen.show(page, ({ usage }, { table }) => table([...groups(by), ...sums], usage));
      noteMore(screen, page.usage.length, page.total);
    });
};

const amountOf = ({ unit }: Budget, amount: number): string => (unit === 'micro_usd' ? dollars(amount) : count(amount));

const goneOf = ({ spent, limit }: Budget): string =>
  // Nothing is all of a budget of nothing.
  limit === 0 ? '100 %' : `${Math.floor((spent / limit) * 100)} %`;

function groups(by: string): Column<Usage>[] {
  const columns: Readonly<Record<string, Column<Usage>>> = {
    agent: { head: 'AGENT', cell: ({ agent }) => agent ?? null },
    model: { head: 'MODEL', cell: ({ model }) => model ?? null },
    day: { head: 'DAY', cell: ({ day }) => day ?? null },
  };
  return by.split(',').flatMap((name) => columns[name] ?? []);
}

const sums: Column<Usage>[] = [
  { head: 'CALLS', cell: ({ calls }) => count(calls), align: 'right' },
  { head: 'FAILED', cell: ({ failedCalls }) => count(failedCalls), align: 'right' },
  { head: 'IN', cell: ({ inputTokens }) => count(inputTokens), align: 'right' },
  { head: 'OUT', cell: ({ outputTokens }) => count(outputTokens), align: 'right' },
  { head: 'CACHED', cell: ({ cacheReadTokens }) => count(cacheReadTokens), align: 'right' },
  { head: 'COST', cell: ({ costMicroUsd }) => dollars(costMicroUsd), align: 'right' },
];
