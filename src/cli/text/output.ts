/** Where text goes, and what is known of its reader. */
export interface Output {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** Of a terminal. */
  readonly columns: number;
}
