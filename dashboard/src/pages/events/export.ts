import type { BoardroomEvent } from '../../../../src/contracts/event.ts';

export const formats = ['json', 'csv'] as const;
export type Format = (typeof formats)[number];

/** A file written piece by piece: what comes first, between any two events, and last. */
export interface Writing {
  readonly mediaType: string;
  readonly begin: string;
  readonly between: string;
  readonly end: string;
  line(event: BoardroomEvent): string;
}

const columns = ['seq', 'createdAt', 'eventType', 'actor', 'sourceAgent', 'payload'] as const;

export const writings: Record<Format, Writing> = {
  json: {
    mediaType: 'application/json',
    begin: '[\n',
    between: ',\n',
    end: '\n]\n',
    line: (event) => JSON.stringify(event),
  },
  csv: {
    mediaType: 'text/csv;charset=utf-8',
    begin: `${columns.join(',')}\r\n`,
    between: '',
    end: '',
    line: ({ seq, createdAt, eventType, sourceAgent, payload }) => {
      const cells = [String(seq), createdAt, eventType, String(payload['actor'] ?? ''), sourceAgent ?? ''];
      return `${[...cells, JSON.stringify(payload)].map(cellOf).join(',')}\r\n`;
    },
  },
};

/**
 * One cell. A spreadsheet takes for a formula what begins with one of these signs, and agents write what they like: an
 * apostrophe before it makes it text.
 */
export function cellOf(value: string): string {
  const harmless = /^[\s]*[=+\-@|%]|^[\t\r\n]/.test(value) ? `'${value}` : value;
  return `"${harmless.replaceAll('"', '""')}"`;
}
