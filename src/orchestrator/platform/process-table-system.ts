import type { ProcessTable } from './process-table.ts';
import { linuxProcessTable } from './process-table-linux.ts';
import { psProcessTable } from './process-table-ps.ts';

/** The table of the system that we run on. */
export const systemProcessTable = (): ProcessTable =>
  process.platform === 'linux' ? linuxProcessTable : psProcessTable;
