import type { Row } from './row.ts';
import { fanOut } from './rows/fan-out.ts';
import { fanOutReplicas } from './rows/fan-out-replicas.ts';
import { httpRead } from './rows/http-read.ts';

/** In the order of the limits. A new row is a file of its own and a line here. */
export const rows: readonly Row[] = [fanOut, fanOutReplicas, httpRead];
