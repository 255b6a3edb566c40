/** One row to send. */
export interface SourceRow {
  /** The message's payload as JSON text. */
  body: string;
  /** The true target value where it is known, as text; null where not. */
  label: string | null;
}

/** Where rows come from. Two kinds run: the simulator and a file. */
export interface RowSource {
  /** Up to `count` more rows; fewer or none at the end. */
  take(count: number): Promise<SourceRow[]>;
  /** How many times faster than usual rows shall come now; the simulator's load spikes. */
  rateFactor(): number;
  /** What a restart needs besides the position, as JSON; null for nothing. */
  state(): unknown;
  close(): Promise<void>;
}
