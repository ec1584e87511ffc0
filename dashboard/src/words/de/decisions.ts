import type { decisions as en } from '../en/decisions.ts';

export const decisions: Record<keyof typeof en, string> = {
  title: 'Beschlüsse',
};
