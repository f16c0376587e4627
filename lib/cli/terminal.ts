import pc from 'picocolors';

/** How colours are put on: picocolors' own shape, which does nothing where colours are off. */
export type Paint = ReturnType<typeof pc.createColors>;

/** What a command writes to. Results go to stdout; progress and messages go to stderr. */
export interface Terminal {
  /** Whether the one thing on stdout is to be a JSON document. */
  readonly json: boolean;
  /** Whether stderr is a terminal that can be drawn on. */
  readonly live: boolean;
  /** Width of what is printed, in columns. */
  readonly columns: number;
  /** Height of the terminal, in rows. */
  readonly rows: number;
  /** Colours of stdout. */
  readonly paint: Paint;
  /** Colours of stderr. */
  readonly notePaint: Paint;
  /** Writes lines to stdout. */
  print(text: string): void;
  /** Writes lines to stderr. */
  note(text: string): void;
  /** The stream behind {@link Terminal.note}, for a view that redraws itself. */
  readonly noteStream: NodeJS.WritableStream;
}

/** Text gets hard to read when lines are longer. */
const WIDEST = 100;
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/** The terminal of a process. `NO_COLOR` and `TERM=dumb` switch colours off, `FORCE_COLOR` on. */
export function processTerminal(process: NodeJS.Process, json: boolean): Terminal {
  const { stdout, stderr, env } = process;
  const isDumb = env['TERM'] === 'dumb';
  const withColour = (stream: NodeJS.WriteStream): boolean => {
    if ((env['NO_COLOR'] ?? '') !== '') return false;
    return (env['FORCE_COLOR'] ?? '') !== '' || (stream.isTTY && !isDumb);
  };
  return {
    json,
    live: stderr.isTTY && !isDumb,
    columns: Math.min(WIDEST, stderr.columns ?? stdout.columns ?? DEFAULT_COLUMNS),
    rows: stderr.rows ?? DEFAULT_ROWS,
    paint: pc.createColors(withColour(stdout)),
    notePaint: pc.createColors(withColour(stderr)),
    print: (text) => stdout.write(`${text}\n`),
    note: (text) => stderr.write(`${text}\n`),
    noteStream: stderr,
  };
}

/** Prints the one JSON document of `--json`. */
export function printJson(terminal: Terminal, document: unknown): void {
  terminal.print(JSON.stringify(document, undefined, 2));
}
