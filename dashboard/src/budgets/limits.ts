import type { Budgets, Measure, Period } from '../../../src/contracts/budget.ts';

/** What the fields of a budget hold: text, empty where there is no limit. */
export type LimitField = `${Period}.${Measure}`;
export type LimitTexts = Partial<Record<LimitField, string>>;

export const limitFields = [
  'daily.usd',
  'daily.tokens',
  'daily.calls',
  'monthly.usd',
  'monthly.tokens',
  'monthly.calls',
] as const satisfies readonly LimitField[];

const placeOf = (field: LimitField): [Period, Measure] => field.split('.') as [Period, Measure]; // as the type is made

export function textsOf(budgets: Budgets): LimitTexts {
  const texts: LimitTexts = {};
  for (const field of limitFields) {
    const [period, measure] = placeOf(field);
    const limit = budgets[period]?.[measure];
    if (limit !== undefined) texts[field] = String(limit);
  }
  return texts;
}

/** Digits with a point or a comma before decimals, and nothing else: `1e3` and `0x10` are mistakes. */
const numeral = /^\d+([.,]\d+)?$/;

/** Whole numbers for what is counted. */
export function isLimit(field: LimitField, text: string): boolean {
  const trimmed = text.trim();
  if (trimmed === '') return true;
  return numeral.test(trimmed) && (field.endsWith('usd') || /^\d+$/.test(trimmed));
}

/** What is empty is left out. */
export function limitsOf(texts: LimitTexts): Record<string, Record<string, number>> {
  const limits: Record<string, Record<string, number>> = {};
  for (const field of limitFields) {
    const [period, measure] = placeOf(field);
    const text = texts[field]?.trim() ?? '';
    if (text !== '') limits[period] = { ...limits[period], [measure]: Number(text.replace(',', '.')) };
  }
  return limits;
}
