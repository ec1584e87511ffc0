import { CallError } from '../../../../src/contracts/client.ts';

/** Why a value was refused, place by place; undefined where the error says nothing of places. */
export function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof CallError) || error.issues.length === 0) return undefined;
  return error.issues
    .map(({ path, message }) => {
      const place = path.replace(/^(body\.)?value\.?/, '');
      return place === '' ? message : `${place}: ${message}`;
    })
    .join(' · ');
}
