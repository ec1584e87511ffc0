/** What a row may need of the machine; without it the row is skipped and says why. */
export type Need = 'docker' | 'redis' | 'pgbench' | 'psql' | 'pgvector' | 'linux' | 'chromium';

/** What all rows share: one Postgres server, a database of its own for whoever asks. */
export interface Bench {
  createDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }>;
  /** How many events the log holds for rows that need a long one. */
  readonly longLog: number;
}

/** A row's two sides, ready to be measured by turns. Each call is one measurement. */
export interface Sides {
  ours(): Promise<number>;
  /** The barest thing that does the same, on the same machine at the same time. None: the goal is a figure. */
  reference?(): Promise<number>;
  close(): Promise<void>;
}

/** One row of the limits: one file. */
export interface Row {
  readonly name: string;
  /** What is measured, and against what. */
  readonly about: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  /** Ours to the reference, or ours alone. */
  readonly goal: { readonly ratio: number } | { readonly figure: number };
  readonly needs: readonly Need[];
  open(bench: Bench): Promise<Sides>;
}
