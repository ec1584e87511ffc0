import type { domains as en } from '../en/domains.ts';

export const domains: Record<keyof typeof en, string> = {
  title: 'Domains',
};
