import type { Routes } from '../../contracts/routes.ts';
import type { Handlers } from '../http/mount.ts';
import type { BudgetService } from './service.ts';

type BudgetRoutes = Pick<Routes, 'getUsage' | 'getBudgets'>;

export const createBudgetHandlers = (budgets: BudgetService): Handlers<BudgetRoutes> => ({
  getUsage: ({ query }) => budgets.usage(query),
  getBudgets: () => budgets.list(),
});
