import type { Paint } from '../../terminal.ts';

/** How the picture is drawn. */
export interface Style {
  readonly paint: Paint;
  /** No line is wider. */
  readonly columns: number;
  /** There are no more lines. */
  readonly rows: number;
  /** The time by the clock of the server, in ms since the Unix epoch. */
  readonly now: number;
}
