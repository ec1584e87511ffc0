import type { Routes } from '../../contracts/routes.ts';
import type { Handlers } from '../http/mount.ts';
import type { BudgetService } from './service.ts';

type BudgetRoutes = Pick<Routes, 'getUsage' | 'getUsageSeries' | 'getBudgets'>;

export const createBudgetHandlers = (budgets: BudgetService): Handlers<BudgetRoutes> => ({
  getUsage: ({ query }) => budgets.usage(query),
  getUsageSeries: ({ query }) => budgets.series(query),
  getBudgets: () => budgets.list(),
});
