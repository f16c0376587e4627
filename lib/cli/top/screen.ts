import stringWidth from 'string-width';

/** What a full screen is drawn on. */
export interface ScreenOutput {
  readonly columns: number;
  readonly rows: number;
  /** Whether the last that was written has been taken; who is slow is not written to meanwhile. */
  readonly isBusy: boolean;
  write(text: string): void;
}

const ESC = '\u001b[';
/** Alternate buffer, no cursor, no wrapping of long lines. */
const OPEN = `${ESC}?1049h${ESC}?25l${ESC}?7l${ESC}2J`;
const CLOSE = `${ESC}0m${ESC}?7h${ESC}?25h${ESC}?1049l`;
/** Terminals that know it show what is between the two at once; others pass over it. */
const BEGIN_UPDATE = `${ESC}?2026h`;
const END_UPDATE = `${ESC}?2026l`;

/** A full screen: takes frames, and writes what has changed since the one before. What was there before comes back at the end. */
export class Screen {
  readonly #output: ScreenOutput;
  #shown: readonly string[] = [];
  #size = '';
  #isOpen = false;

  constructor(output: ScreenOutput) {
    this.#output = output;
  }

  /** Takes the screen. */
  open(): void {
    this.#isOpen = true;
    this.#output.write(OPEN);
  }

  /** Shows a frame; one that comes while the terminal has not taken the last is left out. Says whether it was shown. */
  draw(lines: readonly string[]): boolean {
    if (!this.#isOpen || this.#output.isBusy) return false;
    const size = `${this.#output.columns}x${this.#output.rows}`;
    const isResized = size !== this.#size;
    const shown = isResized ? [] : this.#shown;
    const changed = Array.from({ length: Math.max(lines.length, shown.length) }, (_, row) =>
      lines[row] === shown[row] ? '' : this.#lineAt(row, lines[row] ?? ''),
    ).join('');
    this.#shown = lines;
    this.#size = size;
    if (changed !== '')
      this.#output.write(`${BEGIN_UPDATE}${isResized ? `${ESC}2J` : ''}${changed}${END_UPDATE}`);
    return true;
  }

  /** The cursor stays on the last column of a full line, and what is erased behind it is that column. */
  #lineAt(row: number, line: string): string {
    const rest = stringWidth(line) < this.#output.columns ? `${ESC}K` : '';
    return `${ESC}${row + 1};1H${line}${ESC}0m${rest}`;
  }

  /** Gives the screen back, as it was. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#output.write(CLOSE);
  }
}
