import type { schedules as en } from '../en/schedules.ts';

export const schedules: Record<keyof typeof en, string> = {
  title: 'Zeitpläne',
};
